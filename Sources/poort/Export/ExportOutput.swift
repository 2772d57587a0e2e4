import Glibc
import Telemetry

/// Where an export goes: standard output, or a file that has its name once it is complete.
final class ExportOutput {
    private var standard = OutputBuffer()
    private var bytes: [UInt8] = []
    private var descriptor: Int32 = -1
    private let path: String?
    /// The name until it is complete; nil for standard output, and for what is no file, such as a pipe.
    private var partPath: String?

    private static let limit = 1 << 16

    var isFile: Bool { partPath != nil }
    /// Not between rows that somebody looks at.
    var mayShowProgress: Bool { path != nil || !Terminal.isOutput }

    /// - Parameter path: nil for standard output.
    init(path: String?) throws {
        guard let path else {
            self.path = nil
            return
        }
        var status = stat()
        let exists = stat(path, &status) == 0
        let isRegular = !exists || status.st_mode & S_IFMT == S_IFREG
        // Behind a link lies what is to be replaced.
        let target = exists ? ExportOutput.target(of: path) : path
        self.path = target
        if isRegular {
            let part = "\(target).\(getpid()).part"
            descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            partPath = part
        } else {
            descriptor = open(target, O_WRONLY | O_CLOEXEC)
        }
        if descriptor < 0 {
            partPath = nil
            throw failure("cannot write", errno)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private static func target(of path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private func failure(_ what: String, _ code: Int32) -> CommandFailure {
        CommandFailure(
            "\(what) \(path ?? "the output"): \(String(cString: strerror(code)))", exitCode: CommandFailure.outputFailed
        )
    }

    /// Lets `make` add to what is to be written.
    func write(_ make: (inout [UInt8]) -> Void) throws {
        make(&bytes)
        if bytes.count >= ExportOutput.limit { try flush() }
    }

    private func flush() throws {
        defer { bytes.removeAll(keepingCapacity: true) }
        guard path != nil else {
            standard.write(bytes: bytes)
            standard.flush()
            return
        }
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                start += written
            } else if errno != EINTR {
                throw failure("cannot write", errno)
            }
        }
    }

    /// Writes what is left and gives the file its name.
    func finish() throws {
        try flush()
        guard let partPath, let path else { return }
        if fsync(descriptor) != 0 { throw failure("cannot write", errno) }
        if rename(partPath, path) != 0 { throw failure("cannot write", errno) }
        self.partPath = nil
    }

    /// Leaves nothing behind of what is not complete.
    func abandon() {
        if let partPath { unlink(partPath) }
        partPath = nil
    }
}

/// How far an export has come, for somebody who waits for it.
struct ExportProgress {
    private var line = ProgressLine()
    private let began = ContinuousClock.now
    private let end: Timestamp
    private let isShown: Bool
    private var first: Timestamp?
    private var rows = 0

    /// - Parameter end: the time of the last row, about.
    init(until end: Timestamp, isShown: Bool) {
        self.end = end
        self.isShown = isShown && Terminal.isErrors
    }

    mutating func count(_ time: Timestamp) {
        rows += 1
        guard isShown, rows % 1024 == 0 else { return }
        let first = first ?? time
        self.first = first
        guard ContinuousClock.now - began > .seconds(2) else { return }
        let share = end > first ? Double(time - first) / Double(end - first) : 1
        line.show("\(Grouped.text(rows)) rows, \(Int(min(max(share, 0), 1) * 100)) %, at \(HumanTime.text(time))")
    }

    func finish() {
        if isShown, ContinuousClock.now - began > .seconds(2) { line.finish() }
    }
}
