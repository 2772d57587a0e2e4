import ArgumentParser
import Glibc
import Storage

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the database, as it is at this moment, while the daemon runs.",
        discussion: """
            The copy holds everything that was committed when it began, without free pages and with a checksum on each \
            page. It appears under its name only when it is whole and on the disk. Meanwhile the write-ahead log grows.

            Exit code 0 when it was made, 1 when not: also when the database is damaged, since a copy with a hole is none.

            Example:
              poort backup /mnt/usb/poort-$(date +%F).db
            """)

    @OptionGroup var location: DatabaseLocation

    @Argument(help: "The new file.")
    var file: String

    @Flag(help: "Replace the file if it is there.")
    var force = false

    func run() throws {
        let path = try location.databasePath()
        let reader = try StoreReader(path: path)
        if access(file, F_OK) == 0 {
            guard force else {
                throw CommandFailure("\(file) is there already; --force replaces it", exitCode: CommandFailure.problem)
            }
            guard unlink(file) == 0 else {
                let cause = String(cString: strerror(errno))
                throw CommandFailure("cannot replace \(file): \(cause)", exitCode: CommandFailure.problem)
            }
        }
        let size = try reader.sizeBytes()
        let progress = SharedProgress()
        try reader.backUp(to: file) { written in
            progress.show("\(Bytes.text(written)) of about \(Bytes.text(size)) copied")
        }
        progress.finish()
        var information = stat()
        let bytes = stat(file, &information) == 0 ? Int64(information.st_size) : 0
        OutputBuffer.show("\(file): \(Bytes.text(bytes)), a copy of \(path)")
    }
}
