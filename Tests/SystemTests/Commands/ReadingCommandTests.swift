import Glibc
import TestKit
import Testing

/// What the commands that only look say when there is nothing to look at, and when nobody can be told.
@Suite("Reading commands", .serialized)
struct ReadingCommandTests {
    private let directory = TemporaryDirectory()

    private func configuration() -> String {
        directory.write(
            """
            [storage]
            path = "\(directory.file("data/poort.db"))"
            [control]
            socket = "\(directory.file("poort.sock"))"
            [[source]]
            topic = "{device}/{quantity}"
            """, to: "poort.toml")
    }

    private func run(_ arguments: [String]) throws -> ChildProcess {
        let run = try ChildProcess(GatewayProcess.executable, arguments)
        _ = run.wait()
        return run
    }

    @Test("say that there is no database, and why", arguments: ["query", "ledger", "figures"])
    func noDatabase(command: String) throws {
        let run = try run([command, "--config", configuration()])
        #expect(run.wait() == .exited(1))
        #expect(run.standardError.contains("data/poort.db): No such file or directory"), "\(run.standardError)")
        #expect(run.standardError.contains("poort makes it when it first runs"))
    }

    @Test("end with 69 when the daemon is not there", arguments: ["status", "watch"])
    func noDaemon(command: String) throws {
        let run = try run([command, "--config", configuration()])
        #expect(run.wait() == .exited(69))
        #expect(run.standardError.contains("the daemon is not running, or listens elsewhere"), "\(run.standardError)")
        #expect(!run.standardOutput.contains("\u{1B}"))
        let abandoned = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(abandoned) }
        #expect(bind(abandoned, to: directory.file("poort.sock")) == 0)
        let refused = try self.run([command, "--config", configuration()])
        #expect(refused.wait() == .exited(69))
        #expect(refused.standardError.contains("ended without removing its socket"), "\(refused.standardError)")
    }

    @Test(
        "name the option that does without a configuration with a mistake in it",
        arguments: [
            ("status", "--socket"), ("watch", "--socket"), ("ledger", "--database"), ("query", "--database"),
            ("figures", "--database"),
        ])
    func mistaken(command: String, option: String) throws {
        let path = configuration()
        let text = try #require(TemporaryDirectory.read(path))
        directory.write(text + "\nnone = 1\n", to: "poort.toml")
        let run = try run([command, "--config", path])
        #expect(run.wait() == .exited(78))
        #expect(run.standardError.contains("unknown key `none`"), "\(run.standardError)")
        #expect(
            run.standardError.contains("the same command with \(option) \(directory.path)/"), "\(run.standardError)")
        directory.write("[", to: "poort.toml")
        #expect(try self.run([command, "--config", path]).standardError.contains("with \(option) PATH "))
        let other = try self.run([command, option, directory.file("none"), "--config", path])
        #expect(other.wait() != .exited(78), "\(other.standardError)")
    }

    private func bind(_ descriptor: Int32, to path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    @Test("go on watching while the daemon is restarted, and end with 69 when it stays away", .timeLimit(.minutes(1)))
    func watching() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start()
        #expect(await gateway.isConnected())
        let watch = try ChildProcess(
            GatewayProcess.executable, ["watch", "--seconds", "8", "--config", gateway.configurationPath])
        #expect(await eventually { watch.standardOutput.contains("connected to") })
        #expect(gateway.stop() == .exited(0))
        #expect(await eventually { watch.standardOutput.contains("the daemon is not running") })
        #expect(watch.isRunning)
        #expect(watch.wait() == .exited(69))
        #expect(watch.standardError.contains("the daemon is not running"))
    }

    @Test(
        "do not say that the daemon is not running to who may not ask it", .timeLimit(.minutes(1)),
        .enabled(if: geteuid() == 0, "it takes root to be another user"))
    func forbidden() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        chmod(gateway.directory.path, 0o755)
        try gateway.start()
        #expect(await gateway.isConnected())
        func asNobody(_ command: String) throws -> ChildProcess {
            let user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", GatewayProcess.executable]
            let run = try ChildProcess("setpriv", user + [command, "--config", gateway.configurationPath])
            _ = run.wait()
            return run
        }
        let status = try asNobody("status")
        #expect(status.wait() == .exited(69))
        #expect(status.standardError.contains("Permission denied; your user may not ask it, whether it runs or not"))
        #expect(!status.standardError.contains("is not running"), "\(status.standardError)")
        #expect(try asNobody("watch").wait() == .exited(69))
        let ledger = try asNobody("ledger")
        #expect(ledger.wait() == .exited(1))
        #expect(ledger.standardError.contains("Permission denied [SQLite 14]; your user may not read it"))
        // As if nobody might read the database, and not ask.
        for suffix in ["", "-wal", "-shm"] { chmod(gateway.databasePath + suffix, 0o644) }
        let offline = try asNobody("status")
        #expect(offline.wait() == .exited(69))
        #expect(offline.standardOutput.contains("poort may be running; your user may not ask it"))
        #expect(gateway.stop() == .exited(0))
    }

    @Test("count output that cannot be written as a failure", .timeLimit(.minutes(1)))
    func fullDisk() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start()
        #expect(await gateway.isConnected())
        let configuration = ["--config", gateway.configurationPath]
        let capture = gateway.directory.write(
            #"{"received":"2026-11-23T10:00:00.000Z","topic":"sensors/a/b/pm10","payload":"{\"value\":1}"}"# + "\n",
            to: "capture.ndjson")
        let commands = [
            ["--help"], ["version"], ["version", "--json"], ["check"] + configuration,
            ["check", "--capture", capture] + configuration, ["check", "--json"] + configuration,
            ["status"] + configuration, ["status", "--json"] + configuration, ["watch"] + configuration,
            ["ledger"] + configuration, ["ledger", "--json"] + configuration, ["figures"] + configuration,
            ["replay", capture] + configuration,
            ["simulate", "--configuration"], ["simulate", "--capture", "--duration", "1m"], ["help", "check"],
        ]
        for command in commands {
            let run = try ChildProcess(GatewayProcess.executable, command, output: .file("/dev/full"))
            #expect(run.wait() == .exited(74), "\(command)")
            #expect(run.standardError.contains("cannot write the output: No space left on device"), "\(command)")
        }
        #expect(gateway.stop() == .exited(0))
    }
}
