import Glibc
import Synchronization

/// A PostgreSQL server of one test's own, on a free port of the loopback and a unix socket. It is killed, by its process
/// ids, with this object.
///
/// It refuses to run as root: a test that does runs it as Debian's user `postgres`.
public final class PostgreSQL: Sendable {
    public struct Options: Sendable {
        /// Of the user `poort`, who owns the database and has to give it over TCP.
        public var password = "geheim"
        /// When set, the port speaks TLS.
        public var certificates: Certificates?
        /// Further settings of postgresql.conf.
        public var settings: [String: String] = [:]

        public init() {}
    }

    public struct StartError: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    public static let database = "city"
    public static let user = "poort"
    private let directory = TemporaryDirectory()
    private let options: Options
    private let process = Mutex<ChildProcess?>(nil)

    /// Makes a cluster, starts it and waits until it answers.
    public init(_ options: Options = Options()) throws {
        self.options = options
        port = FreePort.next()
        if geteuid() == 0 {
            guard let account = getpwnam("postgres")?.pointee else {
                throw StartError(description: "there is no user postgres: install the package postgresql")
            }
            chown(directory.path, account.pw_uid, account.pw_gid)
        }
        try make()
        try start()
        try execute("CREATE USER \(PostgreSQL.user) PASSWORD '\(options.password)'", in: "postgres")
        try execute("CREATE DATABASE \(PostgreSQL.database) OWNER \(PostgreSQL.user)", in: "postgres")
    }

    deinit { kill() }

    /// Where its unix socket is.
    public var socketDirectory: String { directory.path }

    /// What it has logged, for the message of a failure.
    public var log: String { TemporaryDirectory.read(directory.file("log")) ?? "" }

    /// Starts it again, on the same port with what it holds.
    public func start() throws {
        var settings = options.settings
        settings["listen_addresses"] = "127.0.0.1"
        settings["unix_socket_directories"] = directory.path
        settings["port"] = "\(port)"
        if options.certificates != nil {
            settings["ssl"] = "on"
            settings["ssl_cert_file"] = directory.file("server.crt")
            settings["ssl_key_file"] = directory.file("server.key")
        }
        let arguments = settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let started = try PostgreSQL.run(
            "postgres", ["-D", directory.file("data")] + arguments, output: .file(directory.file("log")))
        process.withLock { $0 = started }
        let deadline = ContinuousClock.now + .seconds(30)
        while !answers {
            guard started.isRunning, ContinuousClock.now < deadline else {
                throw StartError(description: "postgres does not start:\n\(log)")
            }
            usleep(20_000)
        }
    }

    private var answers: Bool {
        let asking = try? PostgreSQL.run("pg_isready", ["-q", "-h", directory.path, "-p", "\(port)"])
        return asking?.wait() == .exited(0)
    }

    /// Ends it in an orderly way, and its clients with it.
    public func stop() {
        guard let running = process.withLock({ $0.take() }) else { return }
        running.send(SIGINT)
        _ = running.wait()
    }

    /// Ends it as a power failure does.
    public func kill() {
        guard let running = process.withLock({ $0.take() }) else { return }
        let children = PostgreSQL.children(of: running.processID)
        running.kill()
        for child in children { Glibc.kill(child, SIGKILL) }
        _ = running.wait()
    }

    public func restart() throws {
        stop()
        try start()
    }

    /// Sends a signal to the server and to all of its processes: SIGSTOP and SIGCONT make it deaf for a while.
    public func send(_ signal: Int32) {
        process.withLock { running in
            guard let running else { return }
            running.send(signal)
            for child in PostgreSQL.children(of: running.processID) { Glibc.kill(child, signal) }
        }
    }

    /// The rows of a query, as text; nil is NULL.
    public func rows(_ query: String) throws -> [[String?]] {
        let output = try execute(query, in: PostgreSQL.database)
        return output.split(separator: "\u{1E}").map { line in
            line.split(separator: "\u{1F}", omittingEmptySubsequences: false).map {
                $0 == "\u{2205}" ? nil : String($0)
            }
        }
    }

    /// Runs statements as the database's superuser.
    @discardableResult
    public func execute(_ statements: String, in database: String = PostgreSQL.database) throws -> String {
        let run = try PostgreSQL.run(
            "psql",
            [
                "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", directory.path, "-p", "\(port)", "-U",
                "postgres",
                "-F", "\u{1F}", "-R", "\u{1E}", "-P", "null=\u{2205}", "-d", database, "-c", "SET TimeZone = 'UTC'",
                "-c", statements,
            ])
        guard run.wait() == .exited(0) else { throw StartError(description: "\(statements): \(run.standardError)") }
        return run.standardOutput.trimmedOfBreaks
    }

    private func make() throws {
        let making = try PostgreSQL.run(
            "initdb",
            [
                "-D", directory.file("data"), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
                "--auth-local=trust", "--auth-host=scram-sha-256",
            ])
        guard making.wait(milliseconds: 60_000) == .exited(0) else {
            throw StartError(description: "initdb failed: \(making.standardError)")
        }
        guard let certificates = options.certificates else { return }
        // The key must be the server's own, and nobody else's.
        for (from, name) in [
            (certificates.serverCertificateFile, "server.crt"), (certificates.serverKeyFile, "server.key"),
        ] {
            let file = directory.write(TemporaryDirectory.read(from) ?? "", to: name, mode: 0o600)
            if geteuid() == 0, let account = getpwnam("postgres")?.pointee {
                chown(file, account.pw_uid, account.pw_gid)
            }
        }
    }

    private static func run(_ program: String, _ arguments: [String], output: ChildProcess.Output = .kept) throws
        -> ChildProcess
    {
        let folder = TemporaryDirectory.names(in: "/usr/lib/postgresql").max { (Int($0) ?? 0) < (Int($1) ?? 0) } ?? ""
        let path = "/usr/lib/postgresql/\(folder)/bin/\(program)"
        if geteuid() != 0 { return try ChildProcess(path, arguments, output: output, errors: output) }
        return try ChildProcess(
            "setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path] + arguments, output: output,
            errors: output)
    }

    /// Source: proc(5), `/proc/PID/task/TID/children`.
    private static func children(of process: pid_t) -> [pid_t] {
        let text = TemporaryDirectory.read("/proc/\(process)/task/\(process)/children") ?? ""
        return text.split(separator: " ").compactMap { pid_t($0) }
    }
}

extension String {
    fileprivate var trimmedOfBreaks: String { String(reversed().drop { $0 == "\n" }.reversed()) }
}
