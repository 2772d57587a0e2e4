import CSQLite
import Control
import Glibc
@testable import Storage
import TestKit
import Testing

/// What keeps the daemon from running is found by `poort check`, at the same place, and `poort run` says the same.
@Suite("Refusals at the start")
struct StartRefusalTests {
    private let directory = TemporaryDirectory()

    /// A configuration whose sections have these lines besides.
    private func configuration(broker: String = "", path: String? = nil, socket: String? = nil) -> String {
        directory.write(
            """
            [gateway]
            name = "refused"
            [storage]
            path = "\(path ?? directory.file("poort.db"))"
            [control]
            socket = "\(socket ?? directory.file("poort.sock"))"
            [[source]]
            topic = "{device}/{quantity}"
            [broker]
            url = "mqtt://127.0.0.1:1"
            \(broker)
            """, to: "poort.toml")
    }

    private func expectRefusal(
        _ path: String, at place: String, _ words: String, location: SourceLocation = #_sourceLocation
    ) throws {
        let check = try ChildProcess(GatewayProcess.executable, ["check", "--config", path])
        #expect(check.wait() == .exited(78), "\(check.standardOutput)", sourceLocation: location)
        let complaint = check.standardOutput.split(separator: "\n").first.map(String.init) ?? ""
        #expect(complaint.hasPrefix("\(path):\(place): "), "\(complaint)", sourceLocation: location)
        #expect(complaint.contains(words), "\(complaint)", sourceLocation: location)
        let run = try ChildProcess(GatewayProcess.executable, ["run", "--config", path])
        #expect(run.wait(milliseconds: 10_000) == .exited(78), "\(run.standardError)", sourceLocation: location)
        #expect(run.standardError == "poort: \(complaint)\n", sourceLocation: location)
    }

    @Test("a socket that cannot be")
    func socket() throws {
        let long = directory.file(String(repeating: "x", count: 108 - directory.path.utf8.count))
        try expectRefusal(
            configuration(socket: long), at: "6:10", "has 109 bytes; the path of a socket has 107 at most")
        try expectRefusal(
            configuration(socket: directory.file("a/b/poort.sock")), at: "6:10",
            "nor is the one that it would be made in")
        directory.write("precious", to: "file")
        try expectRefusal(configuration(socket: directory.file("file")), at: "6:10", "something else than a socket")
        try expectRefusal(
            configuration(socket: directory.file("file/poort.sock")), at: "6:10", "that is not a directory")
        #expect(TemporaryDirectory.read(directory.file("file")) == "precious")
    }

    @Test("a password that is not there")
    func password() throws {
        func broker(_ line: String) -> String { "username = \"u\"\n\(line)" }
        let file = directory.file("password")
        let path = configuration(broker: broker("password_file = \"\(file)\""))
        try expectRefusal(path, at: "12:17", "No such file or directory")
        directory.write("\nsecond line\n", to: "password", mode: 0o600)
        try expectRefusal(path, at: "12:17", "its first line is empty")
        unlink(file)
        #expect(mkdir(file, 0o700) == 0)
        try expectRefusal(path, at: "12:17", "that is a directory")
    }

    @Test("a password of systemd's is missed by the daemon, and only mentioned by the check")
    func credential() throws {
        let path = configuration(broker: "username = \"u\"\npassword_credential = \"mqtt-password\"")
        let check = try ChildProcess(GatewayProcess.executable, ["check", "--config", path])
        #expect(check.wait() == .exited(0))
        #expect(check.standardOutput.hasPrefix("\(path):12:23: credential \"mqtt-password\""))
        let run = try ChildProcess(GatewayProcess.executable, ["run", "--config", path])
        #expect(run.wait(milliseconds: 10_000) == .exited(78))
        #expect(run.standardError.contains("LoadCredential=mqtt-password"), "\(run.standardError)")
    }

    @Test("files for TLS that are not there")
    func certificates() throws {
        let path = configuration()
        let text = try #require(TemporaryDirectory.read(path))
        directory.write(text.replacing("mqtt://127", with: "mqtts://127") + "ca_file = \"/none\"\n", to: "poort.toml")
        try expectRefusal(path, at: "11:11", "`ca_file` is /none: No such file or directory")
    }

    @Test("a directory that is not there and cannot be made; one that can be is made by the daemon alone")
    func databaseDirectory() throws {
        try expectRefusal(
            configuration(path: directory.file("a/b/poort.db")), at: "4:8", "nor is the one that it would be made in")
        directory.write("", to: "file")
        try expectRefusal(configuration(path: directory.file("file/poort.db")), at: "4:8", "that is not a directory")

        let path = configuration(path: directory.file("data/poort.db"))
        let check = try ChildProcess(GatewayProcess.executable, ["check", "--config", path])
        #expect(check.wait() == .exited(0), "\(check.standardOutput)")
        #expect(access(directory.file("data"), F_OK) != 0, "the check changes nothing")
        let run = try ChildProcess(
            GatewayProcess.executable, ["run", "--config", path], errors: .file(directory.file("log")))
        defer { run.terminate() }
        let deadline = ContinuousClock.now + .seconds(20)
        while access(directory.file("poort.sock"), F_OK) != 0, ContinuousClock.now < deadline { usleep(20_000) }
        #expect(access(directory.file("data/poort.db"), F_OK) == 0)
        run.terminate()
        #expect(run.wait() == .exited(0))
    }

    @Test("a database that is none of ours")
    func foreignDatabase() throws {
        let file = directory.file("poort.db")
        let path = configuration()
        #expect(mkdir(file, 0o755) == 0)
        try expectRefusal(path, at: "4:8", "it is a directory")
        rmdir(file)
        let text = String(repeating: "not a database ", count: 20)
        directory.write(text, to: "poort.db")
        try expectRefusal(path, at: "4:8", "file is not a database")
        #expect(TemporaryDirectory.read(file) == text)
        unlink(file)
        execute("CREATE TABLE mine(x)", in: file)
        try expectRefusal(path, at: "4:8", "it is not a Poort database")
        unlink(file)
        _ = try Store(path: file)
        // As a newer poort leaves it: with checksums, which sqlite3 would not write.
        do {
            let database = try Database(path: file, mode: .readWrite, busyTimeoutMilliseconds: 0)
            try database.execute("PRAGMA user_version = 9999", operation: "make the file newer")
        }
        try expectRefusal(path, at: "4:8", "newer than this poort knows")
    }

    private func execute(_ sql: String, in file: String) {
        var handle: OpaquePointer?
        #expect(sqlite3_open(file, &handle) == SQLITE_OK)
        #expect(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK)
        sqlite3_close(handle)
    }

    @Test(
        "what this user may not do is a mistake of whoever would run it",
        .enabled(if: geteuid() == 0, "it takes root to be another user"))
    func rights() throws {
        chmod(directory.path, 0o755)
        let path = configuration(socket: "/tmp/poort-nobody.sock")
        let nobody = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", GatewayProcess.executable]
        let check = try ChildProcess("setpriv", nobody + ["check", "--config", path])
        let run = try ChildProcess("setpriv", nobody + ["run", "--config", path])
        #expect(run.wait(milliseconds: 10_000) == .exited(78))
        #expect(run.standardError.contains("poort.toml:4:8: `path` is in \(directory.path): Permission denied"))
        // It is the service's rights that count, here or on the box where it will be installed.
        #expect(check.wait() == .exited(0), "\(check.standardOutput)")
        #expect(
            check.standardOutput.contains("poort.toml:4:8: `path` is in \(directory.path): Permission denied for you"))
    }

    @Test("a reload is refused for the same reasons, and the old configuration stays", .timeLimit(.minutes(1)))
    func reload() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start()
        #expect(await gateway.isConnected())
        let text = try #require(TemporaryDirectory.read(gateway.configurationPath))
        gateway.directory.write(
            text.replacing("receive_maximum = 500", with: "username = \"u\"\npassword_file = \"/none\""),
            to: "poort.toml")
        gateway.send(SIGHUP)
        #expect(await eventually { gateway.status?.configuration.reloadError != nil })
        #expect(
            gateway.status?.configuration.reloadError?.contains("poort.toml:6:17: `password_file` is /none") == true)
        #expect(await gateway.isConnected())
        #expect(gateway.stop() == .exited(0))
    }
}
