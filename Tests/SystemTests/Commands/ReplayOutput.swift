import FoundationEssentials
import Telemetry

/// The NDJSON of `poort replay` and `poort query`, read back with another JSON reader than the gateway's own.
struct ReplayOutput {
    struct Reading {
        var identity: SeriesIdentity
        var time: Timestamp
        var value: Double
        var flag: Int
    }

    private(set) var readings: [Reading] = []
    private(set) var rejections: [String] = []
    private(set) var aggregates: [SeriesIdentity: [Tier: [Timestamp: Aggregate]]] = [:]
    private(set) var revisions: [SeriesIdentity: [Tier: [Timestamp: Int]]] = [:]

    init(_ text: String) throws {
        for line in text.split(separator: "\n") {
            let data = Data(line.utf8)
            switch try JSONDecoder().decode(Kind.self, from: data).kind {
            case "reading": try add(JSONDecoder().decode(ReadingLine.self, from: data))
            case "aggregate":
                let decoder = JSONDecoder()
                decoder.keyDecodingStrategy = .convertFromSnakeCase
                try add(decoder.decode(AggregateLine.self, from: data))
            default: rejections.append(String(line))
            }
        }
    }

    private struct Kind: Decodable {
        var kind: String
    }

    private struct ReadingLine: Decodable {
        var device: String
        var quantity: String
        var time: String
        var value: Double
        var unit: String
        var flag: Int
        var tests: [String: Int]
    }

    private struct AggregateLine: Decodable {
        var device: String
        var quantity: String
        var tier: String
        var start: String
        var end: String
        var count: Int
        var mean: Double?
        var min: Double?
        var max: Double?
        var stddev: Double?
        var first: Double?
        var last: Double?
        var coverage: Double?
        var valid: Bool
        var revision: Int
        var suspect: Int
        var fail: Int
        var expected: Int?
        var increase: Double?
        var resets: Int?
        var wraps: Int?
        var sum: Double?
        var minTime: String?
        var maxTime: String?
        var p50: Double?
        var p85: Double?
        var p95: Double?
    }

    private mutating func add(_ line: ReadingLine) throws {
        readings.append(
            Reading(
                identity: SeriesIdentity(device: line.device, quantity: line.quantity), time: try time(line.time),
                value: line.value, flag: line.flag))
    }

    private mutating func add(_ line: AggregateLine) throws {
        guard let tier = Tier(name: line.tier) else { throw BadTime(text: line.tier) }
        let window = Window(tier: tier, start: try time(line.start), end: try time(line.end))
        var aggregate = Aggregate(
            window: window, count: line.count, suspectCount: line.suspect, failCount: line.fail, expected: line.expected
        )
        if let mean = line.mean, let minimum = line.min, let maximum = line.max, let first = line.first,
            let last = line.last, let deviation = line.stddev
        {
            aggregate.statistics = Aggregate.Statistics(
                mean: mean, squaredDeviations: deviation * deviation * Double(line.count), minimum: minimum,
                minimumTime: try line.minTime.map(time), maximum: maximum, maximumTime: try line.maxTime.map(time),
                first: first, firstTime: window.start, last: last, lastTime: window.start)
        }
        if let increase = line.increase {
            aggregate.increase = .init(total: increase, resets: line.resets ?? -1, wraps: line.wraps ?? -1)
        }
        aggregate.sum = line.sum
        if let p50 = line.p50, let p85 = line.p85, let p95 = line.p95 {
            aggregate.percentiles = Percentiles(p50: p50, p85: p85, p95: p95)
        }
        let identity = SeriesIdentity(device: line.device, quantity: line.quantity)
        aggregates[identity, default: [:]][tier, default: [:]][window.start] = aggregate
        revisions[identity, default: [:]][tier, default: [:]][window.start] = line.revision
    }

    private func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else { throw BadTime(text: text) }
        return time
    }

    struct BadTime: Error {
        var text: String
    }
}
