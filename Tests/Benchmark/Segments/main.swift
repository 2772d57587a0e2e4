import Simulation
import Storage
import Telemetry
import TestKit

// `segment-benchmark`: bytes a sealed reading, and how many million readings a second are sealed and read, for the
// quantities of a simulated day and for values of other kinds.

let start = Timestamp(rfc3339: "2026-11-23T00:00:00Z")!
let rounds = 5

func column(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

func row(_ name: String, _ cells: [String]) {
    print(name + String(repeating: " ", count: max(0, 30 - name.count)) + cells.map { column($0, 12) }.joined())
}

func rounded(_ value: Double) -> String { JSONLine.number((value * 100).rounded() / 100) }

var street = Street(calendar: .utc)
street.counts = [.air: 4, .traffic: 4, .bin: 4]
street.faults.spikes = 0.001
street.faults.missing = 0.005
street.faults.late = 0.001
let series = StreetSeries.all(of: street, from: start, to: start + 86_400_000)

var cases: [SegmentCase] = []
for (prefix, quantities, perSegment) in [
    ("aq-0001", ["no2", "pm2_5", "pm10", "temperature", "humidity"], 360),
    ("tr-0001", ["vehicle_count", "heavy_vehicle_count", "bicycle_count", "pedestrian_count", "speed"], 360),
    ("bin-0001", ["fill_level", "temperature", "battery"], 96),
] {
    for quantity in quantities {
        guard let one = series.first(where: { $0.device == prefix && $0.quantity == quantity }) else { continue }
        cases.append(SegmentCase("\(prefix) \(quantity)", points: one.points, perSegment: perSegment))
    }
}

var synthetic = SyntheticSeries(start: start)
cases += [
    SegmentCase("constant", points: synthetic.points { _ in 21.5 }, perSegment: 360),
    SegmentCase("tenths, jitter of 150 ms", points: synthetic.points(jitter: 150) { $0.tenths() }, perSegment: 360),
    SegmentCase("tenths, segments of 60", points: synthetic.points { $0.tenths() }, perSegment: 60),
    SegmentCase("tenths, segments of 4", points: synthetic.points { $0.tenths() }, perSegment: 4),
    SegmentCase("floats of 32 bits", points: synthetic.points { Double(Float($0.walk())) }, perSegment: 360),
    SegmentCase("floats of 64 bits", points: synthetic.points { $0.walk() }, perSegment: 360),
    SegmentCase("random bits", points: synthetic.points(jitter: 150) { $0.bits() }, perSegment: 360),
]

row("series", ["readings", "bytes each", "sealed M/s", "read M/s"])
for one in cases {
    let figures = try one.measure(rounds: rounds)
    row(
        one.name,
        [
            String(one.count), rounded(figures.bytesPerReading), rounded(figures.sealed), rounded(figures.scanned),
        ])
}
