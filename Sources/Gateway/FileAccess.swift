import Glibc

/// What this process may do with a file or a directory, and in words why not.
enum FileAccess: Hashable {
    case granted
    /// Whoever asks.
    case impossible(String)
    /// This user may not.
    case forbidden(String)
    /// It may be otherwise later, without anybody changing the configuration.
    case passing(String)

    static func reading(_ file: String) -> FileAccess {
        guard access(file, R_OK) == 0 else { return failure(errno) }
        return isDirectory(file) ? .impossible("that is a directory") : .granted
    }

    /// - Parameter makes: whether a directory that is not there is made, one level of it; else whether it could be.
    static func writing(_ directory: String, makes: Bool) -> FileAccess {
        guard access(directory, F_OK) == 0 else {
            let code = errno
            return code == ENOENT ? making(directory, makes: makes) : failure(code)
        }
        guard isDirectory(directory) else { return .impossible("that is not a directory") }
        if access(directory, W_OK | X_OK) == 0 { return .granted }
        // A disk that fails is mounted read-only until somebody has seen to it.
        return errno == EROFS ? .passing(text(EROFS)) : failure(errno)
    }

    private static func making(_ directory: String, makes: Bool) -> FileAccess {
        let parent = ParentDirectory(directory).path
        let isPossible = makes ? mkdir(directory, 0o750) == 0 || errno == EEXIST : access(parent, W_OK | X_OK) == 0
        if isPossible, isDirectory(makes ? directory : parent) { return .granted }
        let code = isPossible ? ENOTDIR : errno
        let cause =
            code == ENOENT
            ? "that directory is not there, nor is the one that it would be made in"
            : "that directory is not there and cannot be made: \(text(code))"
        return code == EACCES || code == EPERM ? .forbidden(cause) : .impossible(cause)
    }

    private static func failure(_ code: Int32) -> FileAccess {
        code == EACCES || code == EPERM ? .forbidden(text(code)) : .impossible(text(code))
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// Asked by opening it: one that may not be read is there all the same.
    private static func isDirectory(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor < 0 else {
            close(descriptor)
            return true
        }
        return errno == EACCES
    }

    /// Whether users that are neither its owner nor in its group may read it.
    static func isOpenToAll(_ file: String) -> Bool {
        var information = stat()
        return stat(file, &information) == 0 && information.st_mode & 0o004 != 0
    }
}
