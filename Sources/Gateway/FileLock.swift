import Glibc
import Synchronization

/// Keeps two daemons off one database. Held until the process ends, or it is released. Source: flock(2).
public final class FileLock: Sendable {
    private let path: String
    /// Negative while it is not held.
    private let descriptor = Mutex<Int32>(-1)

    /// The lock's file for a database.
    public static func name(of database: String) -> String { database + ".lock" }

    /// Takes it.
    /// - Parameter path: of the lock's file; see ``name(of:)``.
    /// - Throws: when another process holds it, or the file cannot be made.
    public init(path: String) throws(GatewayError) {
        self.path = path
        try take()
    }

    deinit { release() }

    /// Takes it again after a ``release()``; nothing where it is held.
    func take() throws(GatewayError) {
        let result: Result<Void, GatewayError> = descriptor.withLock { descriptor in
            guard descriptor < 0 else { return .success(()) }
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
            guard opened >= 0 else { return .failure(notMade(errno)) }
            guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
                close(opened)
                return .failure(heldByAnother)
            }
            descriptor = opened
            return .success(())
        }
        try result.get()
    }

    /// Lets another process have it, and the file system be unmounted.
    func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            // A child between fork and exec holds the descriptor, too.
            flock(descriptor, LOCK_UN)
            close(descriptor)
            descriptor = -1
        }
    }

    private func notMade(_ code: Int32) -> GatewayError {
        var error = GatewayError(
            operation: "lock the database (\(path))", cause: String(cString: strerror(code)),
            hint: code == EROFS
                ? "the disk is read-only: look at dmesg; check the file system and mount it again"
                : "does the directory exist, and may the user that runs poort write there?")
        error.systemError = code
        return error
    }

    private var heldByAnother: GatewayError {
        var error = GatewayError(
            operation: "lock the database (\(path))", cause: "another poort is at work on it",
            hint: "stop it first (systemctl stop poort), or set another [storage] path")
        error.systemError = EWOULDBLOCK
        return error
    }
}
