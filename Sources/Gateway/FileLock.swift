import Glibc

/// Keeps two daemons off one database. Held until the process ends. Source: flock(2).
final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Throws: when another process holds it, or the file cannot be made.
    init(path: String) throws(GatewayError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw GatewayError(
                operation: "lock the database (\(path))", cause: String(cString: strerror(errno)),
                hint: "does the directory exist, and may the user that runs poort write there?")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw GatewayError(
                operation: "lock the database (\(path))", cause: "another poort is at work on it",
                hint: "stop it first (systemctl stop poort), or set another [storage] path")
        }
    }

    deinit {
        // A child between fork and exec holds the descriptor, too.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
