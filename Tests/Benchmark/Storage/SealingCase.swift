import Glibc
import Storage
import Telemetry

/// What the street's last hours, which are still rows, take to be sealed: reading the rows, building segments, removing the
/// rows, and the commit.
struct SealingCase {
    /// In one round.
    private(set) var readings = 0
    private(set) var rounds = Rounds()
    /// Pages of sealed readings, in all of the street.
    private(set) var bytesPerReading = 0.0

    /// Seals all in the database; in copies of it before that.
    init(database: String, rounds count: Int, progress: ProgressLine) throws {
        for round in 1..<count {
            progress.show("sealing: round \(round) of \(count)")
            let copy = database + ".copy"
            try StoreReader(path: database).backUp(to: copy)
            defer { for suffix in ["", "-wal", "-shm"] { unlink(copy + suffix) } }
            try sealAll(in: copy)
        }
        try sealAll(in: database)
        let connection = try PlainConnection(path: database)
        bytesPerReading =
            Double(try connection.bytes(of: "segments"))
            / Double(max(1, try connection.integer("SELECT sum(count) FROM segments")))
    }

    private mutating func sealAll(in path: String) throws {
        let store = try Store(path: path)
        readings = 0
        try rounds.measure {
            var from: Timestamp? = .distantPast
            while let start = from {
                let portion = try store.seal(from: start, before: .distantFuture, limit: 250_000)
                readings += portion.readings
                from = portion.next
            }
            try store.commit()
        }
    }
}
