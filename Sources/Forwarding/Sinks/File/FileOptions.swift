public import Telemetry

/// Where rows are written as files, and when another file is begun.
public struct FileOptions: Sendable, Hashable {
    /// An absolute path, which must be there: it may lie on a stick that is not.
    public var directory: String
    /// What the files' names begin with: letters, digits, `.`, `_` and `-`, at most 100. Two sinks, or two gateways, that
    /// write into one directory need different names.
    public var name: String
    public var format = Format.lines
    /// Another file is begun before one grows beyond this, in bytes.
    public var mostFileBytes: Int64 = 64 << 20
    /// So many of the newest files are kept, at least 1; the oldest finished ones are deleted, whoever has read them. None
    /// is when nil.
    public var keptFiles: Int?
    /// As many of the newest files are kept as together have so many bytes.
    public var keptBytes: Int64?
    /// Where the files together have so many bytes nothing more is written, until somebody takes some away.
    public var mostTotalBytes: Int64?
    /// Whether the directory has to lie on a disk of its own, which is mounted in it or above it. When nil it has to once it
    /// has.
    public var isMounted: Bool?
    /// The columns of CSV files.
    public var fields = SharedFields.all
    /// 1 to 10 000.
    public var mostRows = 1000

    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// One JSON object a line: ``AggregateJSON``.
        case lines = "ndjson"
        /// RFC 4180, with a first line of names.
        case csv
    }

    public init(directory: String, name: String) {
        self.directory = directory
        self.name = name
    }
}
