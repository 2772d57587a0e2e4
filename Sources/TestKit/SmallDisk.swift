import Glibc

/// A file system of a few megabytes, in memory, that a test can fill and free. Needs root; unmounted with this object.
public final class SmallDisk: Sendable {
    public let path: String
    private let directory = TemporaryDirectory()
    private let filler: String

    /// - Parameter place: where it is mounted, over what is there; a directory of its own when nil.
    public init(megabytes: Int, at place: String? = nil) throws {
        path = place ?? directory.file("disk")
        filler = "\(path)/filler"
        mkdir(path, 0o755)
        let mounting = try ChildProcess("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "poort-test", path])
        guard mounting.wait() == .exited(0) else {
            throw ChildProcess.SpawnError(description: "cannot mount a tmpfs: \(mounting.standardError)")
        }
    }

    deinit { detach() }

    /// Takes it away, though files on it are open; what is mounted below it comes to light.
    public func detach() { umount2(path, Int32(MNT_DETACH)) }

    public static var isPossible: Bool { geteuid() == 0 }

    /// Takes all that is left.
    public func fill() {
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(descriptor) }
        var size = 1 << 16
        let zeros = [UInt8](repeating: 0, count: size)
        while size > 0 {
            if write(descriptor, zeros, size) < size { size /= 2 }
        }
    }

    public func free() { unlink(filler) }
}
