import Glibc

/// On which mounted file system a database lies, so that it is not begun anew beside the one that has it.
///
/// An SD card that is taken out leaves an empty directory of another disk under its name. A database that was made there
/// would split the history, fill the wrong disk, and be hidden once the card is back.
public struct DatabasePlace: Sendable, Hashable {
    private let path: String
    /// Where that file system is mounted.
    let mountPoint: String

    /// - Parameter path: of the database, whose directory is there.
    public init?(of path: String) {
        guard let mountPoint = DatabasePlace.mountPoint(holding: path) else { return nil }
        self.path = path
        self.mountPoint = mountPoint
    }

    /// - Returns: why the file must not be opened now, nor made. Nil as well where another file system was mounted there,
    ///   or above its directory: somebody has changed the card.
    public func objection() -> StorageError? {
        guard mountPoint != "/", let now = DatabasePlace.mountPoint(holding: path) else { return nil }
        if now == mountPoint || now.hasPrefix(mountPoint + "/") { return nil }
        return StorageError(
            operation: "open the database", path: path, code: StorageError.mediumGone,
            cause: "the disk that was mounted on \(mountPoint) is gone",
            hint: "mount it again: poort goes on by itself; restart poort to begin a new database in its place")
    }

    /// Of the deepest directory of the path that is there. A mount point has another device than the directory above it.
    private static func mountPoint(holding path: String) -> String? {
        var directory = path
        var resolved: String?
        repeat {
            directory = parent(of: directory)
            resolved = real(directory)
        } while resolved == nil && directory != "/" && directory != "."
        guard var place = resolved, let device = device(of: place) else { return nil }
        while place != "/" {
            let above = parent(of: place)
            if self.device(of: above) != device { return place }
            place = above
        }
        return place
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func real(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    private static func device(of path: String) -> dev_t? {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_dev : nil
    }
}
