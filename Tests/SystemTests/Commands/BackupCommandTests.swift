import Control
import CSQLite
import Glibc
import Storage
import Telemetry
import TestKit
import Testing

@Suite("poort backup, restore and doctor")
struct BackupCommandTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.db") }
    private var copy: String { directory.file("copy.db") }

    private func command(_ arguments: [String]) throws -> (ending: ChildProcess.Ending?, output: String, errors: String)
    {
        let run = try ChildProcess(GatewayProcess.executable, arguments)
        let ending = run.wait()
        return (ending, run.standardOutput, run.standardError)
    }

    private func add(_ count: Int, from first: Int64, to store: Store) throws {
        let series = try store.identify(Series(number: 0, device: "d", quantity: QuantityCatalogue()["pm10"]!)).id
        for index in 0..<Int64(count) {
            let reading = Reading(series: 0, time: Timestamp(milliseconds: first + index), value: Double(index))
            _ = try store.insert(reading, series: series)
        }
        var account = SourceLedger(source: "s")
        (account.readings.received, account.readings.stored) = (count, count)
        (account.messages.received, account.messages.stored) = (count, count)
        try store.add(account)
        try store.commit()
    }

    @Test(
        "a backup made while the file is written is of one moment, whole, and can be restored", .timeLimit(.minutes(1)))
    func roundTrip() throws {
        do {
            let store = try Store(path: path)
            try add(30_000, from: 1, to: store)
            let run = try ChildProcess(GatewayProcess.executable, ["backup", "--database", path, copy])
            var written: Int64 = 0
            while run.isRunning {
                try add(10, from: 100_000 + written, to: store)
                written += 10
            }
            #expect(run.wait() == .exited(0), "\(run.standardError)")
            #expect(run.standardError.isEmpty, "no progress in a pipe")
        }
        let backup = try StoreReader(path: copy).holdings().readings
        let last = try StoreReader(path: path).holdings().readings
        #expect(backup >= 30_000 && backup <= last)
        let doctor = try command(["doctor", "--database", copy])
        #expect(doctor.ending == .exited(0), "\(doctor.output)")
        #expect(doctor.output.contains("match their checksums"), "\(doctor.output)")

        let again = try command(["backup", "--database", path, copy])
        #expect(again.ending == .exited(1) && again.errors.contains("--force replaces it"), "\(again.errors)")
        let refused = try command(["restore", "--database", path, copy])
        #expect(refused.ending == .exited(1) && refused.errors.contains("--force sets it aside"), "\(refused.errors)")
        let before = try StoreReader(path: path).holdings().readings
        let restored = try command(["restore", "--force", "--database", path, copy])
        #expect(restored.ending == .exited(0), "\(restored.errors)")
        #expect(try StoreReader(path: path).holdings().readings == backup)
        let kept = try #require(TemporaryDirectory.names(in: directory.path).first { $0.contains(".replaced-") })
        #expect(try StoreReader(path: directory.file(kept)).holdings().readings == before)
        #expect(try command(["ledger", "--verify", "--database", path]).ending == .exited(0))
    }

    @Test("a damaged backup is not restored, a damaged database is not copied, and the doctor says what is wrong")
    func damaged() throws {
        do { try add(20_000, from: 1, to: Store(path: path)) }
        #expect(try command(["backup", "--database", path, copy]).ending == .exited(0))
        flip(copy, at: 1024 * 20 + 700)
        let restored = try command(["restore", "--force", "--database", path, copy])
        #expect(restored.ending == .exited(1), "\(restored.output)")
        #expect(restored.errors.contains("page 21 is damaged") && restored.errors.contains("nothing was changed"))
        flip(path, at: 1024 * 30 + 700)
        let backup = try command(["backup", "--database", path, directory.file("other.db")])
        #expect(backup.ending == .exited(1) && backup.errors.contains("page 31 of the file is damaged"))
        #expect(!TemporaryDirectory.names(in: directory.path).contains { $0.hasPrefix("other.db") })
        let doctor = try command(["doctor", "--database", path])
        #expect(doctor.ending == .exited(1))
        #expect(doctor.output.contains("do not match their checksum, the first is 31"), "\(doctor.output)")
        let json = try command(["doctor", "--json", "--database", path])
        #expect(json.output.hasPrefix("{\"ok\":false,\"findings\":["), "\(json.output)")
    }

    @Test("a database in use is not replaced, a foreign file is not restored", .timeLimit(.minutes(1)))
    func refusals() async throws {
        do { try add(10, from: 1, to: Store(path: path)) }
        #expect(try command(["backup", "--database", path, copy]).ending == .exited(0))
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start()
        #expect(await gateway.isConnected())
        let running = try command(["restore", "--force", "--database", gateway.databasePath, copy])
        #expect(
            running.ending == .exited(1) && running.errors.contains("another poort is at work"), "\(running.errors)")
        // Nor does a second daemon take it.
        let second = try ChildProcess(GatewayProcess.executable, ["run", "--config", gateway.configurationPath])
        #expect(second.wait(milliseconds: 10_000) == .exited(1))
        #expect(second.standardError.contains("another poort is at work on it"), "\(second.standardError)")
        #expect(gateway.status?.hasProblem == false)
        #expect(gateway.stop() == .exited(0))

        var handle: OpaquePointer?
        let foreign = directory.file("foreign.db")
        #expect(sqlite3_open(foreign, &handle) == SQLITE_OK)
        #expect(sqlite3_exec(handle, "CREATE TABLE mine(x)", nil, nil, nil) == SQLITE_OK)
        sqlite3_close(handle)
        let refused = try command(["restore", "--force", "--database", path, foreign])
        #expect(refused.ending == .exited(1) && refused.errors.contains("not a Poort database"), "\(refused.errors)")
        #expect(try StoreReader(path: path).holdings().readings == 10)
    }

    private func flip(_ file: String, at place: Int) {
        let descriptor = open(file, O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        var byte: UInt8 = 0
        pread(descriptor, &byte, 1, place)
        byte ^= 2
        pwrite(descriptor, &byte, 1, place)
    }
}
