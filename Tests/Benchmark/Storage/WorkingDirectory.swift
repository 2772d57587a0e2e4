import Gateway
import Glibc
import TestKit
import Threading

/// Where the files of the benchmark lie: on a disk, since what is kept in memory is written nowhere.
enum WorkingDirectory {
    /// A new directory in `parent`; by default in TMPDIR or /tmp, or in the current one where those are memory.
    static func make(in parent: String?) throws -> TemporaryDirectory {
        var made = try directory(in: parent ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")
        if parent == nil, !isOnDisk(made) { made = try directory(in: ".") }
        removeWhenInterrupted(made.path)
        return made
    }

    /// Gigabytes are not left behind by a Ctrl-C.
    private static func removeWhenInterrupted(_ path: String) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        _ = WorkerThread(name: "interrupted") { [signals] in
            var (signals, signal) = (signals, Int32(0))
            sigwait(&signals, &signal)
            TemporaryDirectory.remove(path)
            _exit(128 + signal)
        }
    }

    private static func directory(in parent: String) throws -> TemporaryDirectory {
        guard access(parent, W_OK) == 0 else {
            throw BenchmarkFailure(description: "cannot write to \(parent): \(String(cString: strerror(errno)))")
        }
        setenv("TMPDIR", parent, 1)
        return TemporaryDirectory()
    }

    /// Whether the kernel counts what is written there.
    private static func isOnDisk(_ directory: TemporaryDirectory) -> Bool {
        guard let before = ProcessWrites.bytes() else { return true }
        directory.write(String(repeating: "x", count: 1 << 16), to: "probe")
        return ProcessWrites.bytes() ?? 0 > before
    }
}
