import HTTP

/// What a refusal of lines means beyond its status, which is 400 for much that is not the rows' fault. In the words of
/// InfluxDB 1.6 and 2.7, and of VictoriaMetrics 1.79.
enum LineProtocolRefusal {
    /// The server is out of order: its disk is full, for example.
    case notNow
    case misconfigured(hint: String)
    /// So many rows at least were not taken; the others were.
    case dropped(Int)

    /// Nil where it says no more than that something is wrong with the rows.
    init?(_ response: HTTPResponse) {
        guard let words = response.words else { return nil }
        if LineProtocolRefusal.complaints.contains(where: { words.contains($0) }) {
            guard let count = LineProtocolRefusal.droppedCount(words) else { return nil }
            self = .dropped(count)
        } else if LineProtocolRefusal.passing.contains(where: { words.contains($0) }) {
            self = .notNow
        } else if let hint = LineProtocolRefusal.mistakes.first(where: { words.contains($0.words) })?.hint {
            self = .misconfigured(hint: hint)
        } else {
            return nil
        }
    }

    /// About rows, parts of which are repeated behind these words; whatever words stand there mean nothing.
    private static let complaints = [
        "unable to parse", "field type conflict", "points beyond retention policy", "limit exceeded",
    ]

    /// InfluxDB says 400 and `partial write` also when it cannot write to its disk.
    private static let passing = [
        "no space left on device", "input/output error", "read-only file system", "too many open files",
        "cannot allocate memory", "engine is closed", "hinted handoff", "timeout",
    ]

    private static let mistakes: [(words: String, hint: String)] = [
        ("database is required", "set url to …/write?db=DATABASE"),
        ("retention policy not found", "look at rp= in url"),
        ("unsupported path", "look at the path in url: VictoriaMetrics takes lines at /write"),
        ("bucket", "look at bucket= in url"),
        ("gzip", "the server does not take what is compressed: turn it off"),
    ]

    /// The number behind `dropped=`. Lines that cannot be read are not counted in it: it is 0 then.
    private static func droppedCount(_ words: String) -> Int? {
        guard let range = words.firstRange(of: "dropped=") else { return nil }
        let count = Int(words[range.upperBound...].prefix { $0.isNumber }) ?? 0
        return count > 0 ? count : nil
    }
}
