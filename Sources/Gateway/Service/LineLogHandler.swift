import Glibc
public import Logging
import Telemetry

/// Logs one line to standard error: for the journal with a priority in front, for a person with time and level.
///
/// Source: sd-daemon(3) for the prefixes.
public struct LineLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let isJournal: Bool

    /// For the journal when systemd has connected standard error to it.
    public init(level: Logger.Level) {
        self.init(level: level, isJournal: getenv("JOURNAL_STREAM") != nil)
    }

    init(level: Logger.Level, isJournal: Bool) {
        logLevel = level
        self.isJournal = isJournal
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let line = line(level: event.level, message: event.message.description, metadata: event.metadata ?? [:])
        var bytes = Array(line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    func line(level: Logger.Level, message: String, metadata more: Logger.Metadata) -> String {
        let oneLine = message.split(separator: "\n").joined(separator: " | ")
        let all = metadata.merging(more) { _, new in new }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return isJournal
            ? "<\(priority(level))>\(oneLine)\(details)" : "\(Timestamp.now()) \(level.rawValue) \(oneLine)\(details)"
    }

    private func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}
