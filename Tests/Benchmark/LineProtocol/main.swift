import CAllocations
import Forwarding
import HTTP
import Telemetry

// `line-protocol-benchmark [ROWS]`: nanoseconds, bytes and allocations a row, with figures as sensors have them and with
// figures of all digits, plain and compressed.

let total = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 500_000 : 500_000
let rounds = 5
let rowsAtATime = 5000

/// Takes everything and forgets it.
final class Nowhere: HTTPExchange {
    var bytes = 0

    func send(_ request: HTTPRequest) -> HTTPResponse {
        bytes += request.body.count
        return HTTPResponse(status: 204)
    }

    func disconnect() {}

    let cancellation = HTTPCancellation()
}

func column(_ text: String, _ width: Int = 14) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

func rows(isLong: Bool) -> [SharedAggregate] {
    let series = (0..<500).map { number in
        SharedSeries(
            id: SeriesID(number), gateway: "stadshagen-01", device: "aq-\(number)", deviceType: "air_quality",
            quantity: "pm2_5", unit: "ug/m3", kind: .gauge, neighbourhood: "Stadshagen")
    }
    return (0..<rowsAtATime).map { number in
        let start = Timestamp(milliseconds: 1_714_521_600_000 + Int64(number / 500) * 900_000)
        let noise = number &* 48_271 % 65_537
        let value = Double(noise % 997) / 10
        // A mean of 90 readings has all digits; what was measured has few.
        let mean = isLong ? value + Double(noise) / 90_001 : value
        var aggregate = Aggregate(
            window: Window(tier: .quarter, start: start, end: start + 900_000), count: 90, expected: isLong ? 97 : 90,
            statistics: Aggregate.Statistics(
                mean: mean, squaredDeviations: isLong ? 123 : 90, minimum: value - 1.5,
                minimumTime: start + Int64(noise) * 10,
                maximum: value + 2.5, maximumTime: start + Int64(noise) * 11, first: value, firstTime: start,
                last: value + 0.5,
                lastTime: start + 3000))
        aggregate.percentiles = Percentiles(p50: value, p85: value + 0.3, p95: value + 0.7)
        return SharedAggregate(aggregate, series: series[number % 500], revision: 1)
    }
}

func measure(_ name: String, isLong: Bool, isCompressed: Bool) throws {
    var options = LineProtocolOptions(url: "http://127.0.0.1/write")
    options.isCompressed = isCompressed
    let nowhere = Nowhere()
    let sink = try LineProtocolSink(options, exchange: nowhere)
    let rows = rows(isLong: isLong)
    let repeats = max(1, total / rowsAtATime)
    _ = try sink.deliver(rows)
    nowhere.bytes = 0
    var least = Double.infinity
    let allocations = poort_allocation_count()
    for _ in 0..<rounds {
        let time = try ContinuousClock().measure { for _ in 0..<repeats { _ = try sink.deliver(rows) } }
        let nanoseconds = Double(time.components.seconds) * 1e9 + Double(time.components.attoseconds) / 1e9
        least = min(least, nanoseconds / Double(repeats * rowsAtATime))
    }
    let written = Double(repeats * rowsAtATime * rounds)
    let perRow = Double(poort_allocation_count() - allocations) / written
    print(
        column(name, 24) + column("\(Int(least.rounded()))") + column("\(nowhere.bytes / Int(written))")
            + column("\((perRow * 100).rounded() / 100)"))
}

print(column("", 24) + column("ns a row") + column("bytes a row") + column("allocations"))
try measure("short figures", isLong: false, isCompressed: false)
try measure("long figures", isLong: true, isCompressed: false)
try measure("short, gzip", isLong: false, isCompressed: true)
try measure("long, gzip", isLong: true, isCompressed: true)
