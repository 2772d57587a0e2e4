import Glibc
import Simulation
import Telemetry

/// A file of what was injected, one JSON object a line.
final class FaultList {
    private let path: String
    private let descriptor: Int32

    /// Makes the file, or empties it.
    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 {
            throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))", exitCode: 1)
        }
    }

    deinit { close(descriptor) }

    func write(_ faults: [InjectedFault]) throws {
        guard !faults.isEmpty else { return }
        var bytes = Array(faults.map { $0.line.finished + "\n" }.joined().utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw CommandFailure(
                    "cannot write \(path): \(String(cString: strerror(errno)))", exitCode: CommandFailure.outputFailed)
            }
            bytes = bytes.dropFirst(written)
        }
    }
}
