import Glibc

/// Reads a file line by line. A line longer than 8 MiB is refused, and those behind it are not.
struct LineReader: ~Copyable {
    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// - Parameter path: `-` for standard input.
    init(path: String) throws {
        self.path = path
        if path == "-" {
            descriptor = STDIN_FILENO
            return
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            throw CommandFailure("cannot open \(path): \(String(cString: strerror(errno)))", exitCode: 1)
        }
    }

    deinit { if descriptor > 2 { close(descriptor) } }

    private static let longestLine = 8 << 20

    /// Thrown in place of a line; the next call goes on behind it.
    struct LineTooLong: Error {}

    /// The next line without its line break, or nil at the end.
    mutating func next() throws -> [UInt8]? {
        var searched = start
        var isTooLong = false
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                defer { start = end + 1 }
                if isTooLong { throw LineTooLong() }
                return Array(buffer[start..<end])
            }
            if isAtEnd {
                guard start < buffer.count || isTooLong else { return nil }
                defer { start = buffer.count }
                if isTooLong { throw LineTooLong() }
                return Array(buffer[start...])
            }
            buffer.removeFirst(start)
            start = 0
            searched = buffer.count
            if buffer.count > LineReader.longestLine {
                isTooLong = true
                buffer.removeAll(keepingCapacity: true)
                searched = 0
            }
            try fill()
        }
    }

    private mutating func fill() throws {
        let room = 1 << 16
        let old = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: room))
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + old, room) }
        if count < 0 {
            throw CommandFailure("cannot read \(path): \(String(cString: strerror(errno)))", exitCode: 1)
        }
        buffer.removeLast(room - count)
        isAtEnd = count == 0
    }
}
