import Glibc
import Telemetry

// `processing-benchmark [READINGS]`: nanoseconds a reading for each step of processing, and bytes a series, for 10 to
// 10 000 series, beside bare inserts into a table in memory.

let readings = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 2_000_000 : 2_000_000
let rounds = 5

func column(_ text: String, _ width: Int = 10) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

func row(_ cells: [String]) { print(cells.map { column($0) }.joined()) }

func whole(_ value: Double) -> String { String(Int(value.rounded())) }

row(["series", "ring", "duplicate", "tests", "windows", "all ns", "insert ns", "of insert", "bytes"])
for seriesCount in [10, 100, 1000, 10_000] {
    let street = Street(seriesCount: seriesCount)
    var steps: [Double] = []
    for last in Step.allCases {
        steps.append(street.leastNanoseconds(through: last, readings: readings, rounds: rounds))
    }
    let insert = street.insertNanoseconds(readings: min(readings, 500_000))
    let parts = [steps[0]] + zip(steps.dropFirst(), steps).map { $0 - $1 }
    row(
        [String(seriesCount)] + parts.map { whole(max(0, $0)) }
            + [
                whole(steps.last ?? 0), whole(insert),
                JSONLine.number(((steps.last ?? 0) / insert * 100).rounded() / 100),
                String(street.bytesInSeries()),
            ])
}
