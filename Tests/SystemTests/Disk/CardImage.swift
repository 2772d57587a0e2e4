import Glibc
import TestKit

/// An SD card: an ext4 file system in a file, that can be mounted, taken out, and made to fail. Needs root.
final class CardImage: Sendable {
    /// Where it is mounted.
    let path: String
    private let image: String
    private let directory = TemporaryDirectory()

    init(megabytes: Int) throws {
        path = directory.file("card")
        image = directory.file("card.img")
        mkdir(path, 0o755)
        try CardImage.run("truncate", "-s", "\(megabytes)M", image)
        try CardImage.run("mkfs.ext4", "-q", "-F", image)
        try mount()
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    static var isPossible: Bool { geteuid() == 0 && access("/dev/loop-control", R_OK | W_OK) == 0 }

    func mount() throws { try CardImage.run("mount", "-o", "loop,errors=remount-ro", image, path) }

    /// What the kernel does to it after an error: nothing can be written any more, though files are open for writing.
    func becomeReadOnly() throws { try CardImage.run("mount", "-o", "remount,abort", path) }

    /// As a person does who wants to mend it.
    /// - Returns: whether that went; not while a file on it is open.
    func unmount() -> Bool { umount2(path, 0) == 0 }

    /// As udev does when it is pulled out.
    func pullOut() { umount2(path, Int32(MNT_DETACH)) }

    private static func run(_ command: String...) throws {
        let process = try ChildProcess("/usr/bin/env", command)
        guard process.wait() == .exited(0) else {
            throw ChildProcess.SpawnError(
                description: "\(command.joined(separator: " ")): \(process.standardError)")
        }
    }
}
