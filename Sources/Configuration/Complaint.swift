/// A place in a file; lines and columns count from 1.
public struct Place: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { line > 0 ? "\(file):\(line):\(column)" : file }

    public static func < (left: Place, right: Place) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// One thing that is wrong with a configuration, and where.
public struct Complaint: Sendable, Hashable, CustomStringConvertible {
    public var place: Place
    /// What is wrong and what would be right.
    public var message: String
    /// The nearest thing that would be right.
    public var suggestion: String?

    public init(place: Place, message: String, suggestion: String? = nil) {
        self.place = place
        self.message = message
        self.suggestion = suggestion
    }

    public var description: String {
        "\(place): \(message)" + (suggestion.map { "; did you mean `\($0)`?" } ?? "")
    }
}

/// All that is wrong with a configuration. Show it whole: a technician mends it in one go.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// In the order of the file.
    public var complaints: [Complaint]

    public init(complaints: [Complaint]) {
        self.complaints = complaints
    }

    public var description: String { complaints.map(\.description).joined(separator: "\n") }
}
