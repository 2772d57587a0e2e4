import Glibc

/// Standard output, written in large pieces.
///
/// Ends the program quietly when the reader of a pipe has gone, and with a failure when a full disk or the like takes no
/// more: half an output must not pass for a whole one.
struct OutputBuffer {
    private var bytes: [UInt8] = []
    private let limit = 1 << 16

    init() {
        bytes.reserveCapacity(limit + 4096)
    }

    mutating func write(line: String) {
        bytes.append(contentsOf: line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count >= limit { flush() }
    }

    mutating func write(text: String) {
        bytes.append(contentsOf: text.utf8)
        if bytes.count >= limit { flush() }
    }

    mutating func write(bytes more: [UInt8]) {
        bytes.append(contentsOf: more)
        if bytes.count >= limit { flush() }
    }

    mutating func flush() {
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                if errno == EPIPE { exit(0) }
                StandardError.write("poort: cannot write the output: \(String(cString: strerror(errno)))\n")
                exit(CommandFailure.outputFailed)
            }
            start += written
        }
        bytes.removeAll(keepingCapacity: true)
    }

    /// Writes lines at once.
    static func show(_ lines: String...) { show(lines) }

    static func show(_ lines: [String]) {
        var output = OutputBuffer()
        for line in lines { output.write(line: line) }
        output.flush()
    }
}
