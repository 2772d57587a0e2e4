import Control
import Glibc
import TestKit
import Testing

/// Media that fail as a whole: what the table "When the disk fails" of Docs/architecture.md says of each.
extension StorageFailureTests {
    @Test(
        "a disk that the kernel makes read-only is let go, can be mended and mounted again, and loses nothing",
        .timeLimit(.minutes(4)), .enabled(if: CardImage.isPossible, "a card takes root and loop devices"))
    func readOnlyDisk() async throws {
        let card = try CardImage(megabytes: 48)
        try await fail(databaseDirectory: card.path, expecting: "", condition: ["read-only", "failing"]) { _ in
            #expect(throws: Never.self) { try card.becomeReadOnly() }
        } recover: { gateway in
            let isFree = await eventually { card.unmount() }
            #expect(isFree, "nothing of the daemon's may hold it")
            // What a person sees who looks at the empty mount point meanwhile.
            let isGone = await eventually { gateway.status?.storage.condition == "gone" }
            #expect(isGone, "\(gateway.status?.storage.failure ?? "no failure")")
            #expect(throws: Never.self) { try card.mount() }
        }
    }

    @Test(
        "a disk that is pulled out is waited for: no database is begun in the directory under it",
        .timeLimit(.minutes(4)), .enabled(if: CardImage.isPossible, "a card takes root and loop devices"))
    func vanishedDisk() async throws {
        let card = try CardImage(megabytes: 48)
        try await fail(databaseDirectory: card.path, expecting: "is gone; mount it again", condition: ["gone"]) { _ in
            card.pullOut()
        } recover: { gateway in
            #expect(access(gateway.databasePath, F_OK) != 0, "it would split the history")
            #expect(throws: Never.self) { try card.mount() }
        }
    }

    @Test("a directory that vanishes and comes back has the old file, which goes on", .timeLimit(.minutes(4)))
    func vanishedDirectory() async throws {
        let directory = TemporaryDirectory()
        mkdir(directory.file("data"), 0o755)
        try await fail(
            databaseDirectory: directory.file("data"), expecting: "directory", condition: ["unreachable"]
        ) { _ in
            #expect(rename(directory.file("data"), directory.file("away")) == 0)
        } recover: { _ in
            #expect(rename(directory.file("away"), directory.file("data")) == 0)
        }
    }

    @Test("a disk that answers with errors, and works again, loses nothing", .timeLimit(.minutes(4)))
    func inputOutputError() async throws {
        let directory = TemporaryDirectory()
        let disk = try FalteringDisk(in: directory)
        try await fail(
            expecting: "disk I/O error", condition: ["failing"], environment: disk.environment
        ) { _ in
            disk.be(.broken)
        } recover: { _ in
            disk.be(.well)
        }
    }
}
