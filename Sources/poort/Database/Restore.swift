import ArgumentParser
import Gateway
import Storage
import Telemetry

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup into the database's place.",
        discussion: """
            The backup is looked at first, every page and every segment of it, and a damaged one is refused. The daemon \
            must not run. A database that stands in the place is never lost: with --force it is set aside, under its name \
            with the time behind it.

            What came since the backup was made is in the database that is set aside, and is not delivered again.

            Exit code 0 when it was restored, 1 when not, and nothing was changed.

            Example:
              systemctl stop poort && poort restore --force /mnt/usb/poort-2026-11-24.db && systemctl start poort
            """)

    @OptionGroup var location: DatabaseLocation

    @Argument(help: "A file that poort backup made.")
    var file: String

    @Flag(help: "Set the database that is there aside.")
    var force = false

    func run() throws {
        let path = try location.databasePath()
        // Held until this process ends.
        let lock = try FileLock(path: FileLock.name(of: path))
        defer { withExtendedLifetime(lock) {} }
        let progress = SharedProgress()
        let restoration = try Restoration(of: file, to: path) { share in
            progress.show("\(Int(share * 100)) % of the backup looked at")
        }
        progress.finish()
        if restoration.wouldReplace, !force {
            throw CommandFailure(
                "there is a database at \(path); --force sets it aside and keeps it", exitCode: CommandFailure.problem)
        }
        let aside = try restoration.run(now: .now())
        OutputBuffer.show(
            ["\(path): restored from \(file)"] + (aside.map { ["what stood there before is now \($0)"] } ?? []))
    }
}
