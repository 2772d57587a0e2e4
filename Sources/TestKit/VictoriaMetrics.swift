import FoundationEssentials
import HTTP
public import Telemetry

/// A VictoriaMetrics of one test's own, on a free port of the loopback, with its data in a directory that goes with it.
public final class VictoriaMetrics: Sendable {
    /// What it has of one moment of one series.
    public struct Sample: Hashable, Sendable {
        public var name: String
        public var labels: [String: String]
        /// Since 1970.
        public var milliseconds: Int64
        public var value: Double
    }

    public let port: Int
    private let directory: TemporaryDirectory
    private let process: ListeningProcess

    /// Starts it and waits until it accepts connections.
    /// - Parameters:
    ///   - arguments: more of them, such as `-dedup.minScrapeInterval=1ms`.
    ///   - parent: where its data go; the usual place when nil.
    public init(_ arguments: [String] = [], in parent: String? = nil) throws {
        directory = TemporaryDirectory(in: parent)
        port = FreePort.next()
        process = try ListeningProcess(
            "victoria-metrics",
            [
                "-httpListenAddr=127.0.0.1:\(port)", "-storageDataPath=\(directory.file("data"))",
                "-retentionPeriod=100y",
                "-loggerLevel=WARN", "-memory.allowedBytes=64MB",
            ] + arguments, port: port)
    }

    /// `http://127.0.0.1:PORT`.
    public var url: String { "http://127.0.0.1:\(port)" }
    /// Where line protocol goes.
    public var writeURL: String { url + "/write" }
    public var log: String { process.log }

    /// Starts it again, on the same port with what it has kept.
    public func start() throws { try process.start() }
    /// Ends it in an orderly way.
    public func stop() { process.stop() }
    /// Ends it as a power failure does: what it took within the last ten seconds or so is lost, although it said 204.
    public func kill() { process.kill() }
    public func send(_ signal: Int32) { process.send(signal) }

    public func restart() throws {
        stop()
        try start()
    }

    /// All samples of the series that a selector takes, as they are stored: duplicates too, where it keeps them.
    public func export(_ selector: String = "{__name__!=\"\"}") throws -> [Sample] {
        // What came is found only once it has been put into its place.
        _ = try LocalHTTP.get(url + "/internal/force_flush")
        let answer = try LocalHTTP.get(
            "\(url)/api/v1/export?start=0&end=4102444800&match%5B%5D=\(LocalHTTP.encoded(selector))")
        return try answer.split(separator: UInt8(ascii: "\n")).flatMap { line in
            let series = try JSONDecoder().decode(Series.self, from: Data(line))
            return zip(series.timestamps, series.values).map { time, value in
                var labels = series.metric
                let name = labels.removeValue(forKey: "__name__") ?? ""
                return Sample(name: name, labels: labels, milliseconds: time, value: value)
            }
        }
    }

    /// What a query shows as the last value before a moment, of each series that a selector takes.
    public func lastValues(_ selector: String, at time: Timestamp) throws -> [Sample] {
        _ = try LocalHTTP.get(url + "/internal/force_flush")
        let answer = try LocalHTTP.get(
            "\(url)/api/v1/query?query=\(LocalHTTP.encoded(selector))&nocache=1&time=\(time.milliseconds / 1000)")
        return try JSONDecoder().decode(Answer.self, from: Data(answer)).data.result.map { item in
            var labels = item.metric
            let name = labels.removeValue(forKey: "__name__") ?? ""
            guard case .text(let text) = item.value.last, let value = Double(text) else {
                throw LocalHTTP.Unexpected(description: "no value in \(item)")
            }
            return Sample(name: name, labels: labels, milliseconds: time.milliseconds, value: value)
        }
    }

    private struct Answer: Decodable {
        var data: Result

        struct Result: Decodable {
            var result: [Item]
        }

        struct Item: Decodable {
            var metric: [String: String]
            /// Time and value.
            var value: [Cell]
        }

        enum Cell: Decodable {
            case number(Double)
            case text(String)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let text = try? container.decode(String.self) {
                    self = .text(text)
                } else {
                    self = .number(try container.decode(Double.self))
                }
            }
        }
    }

    private struct Series: Decodable {
        var metric: [String: String]
        var values: [Double]
        var timestamps: [Int64]
    }
}
