import Secrets
import Glibc
public import MQTT
import Synchronization

/// A mosquitto of one test's own, on a free port of the loopback. It is killed, by its process id, with this object.
public final class PrivateBroker: Sendable {
    public struct Options: Sendable {
        /// Keeps sessions and queues over ``PrivateBroker/stop()`` and, as of the last save, over a kill.
        public var isPersistent = false
        /// How many QoS 1 messages it queues for a client; 0 for no limit.
        public var maximumQueued = 0
        /// Limits what is in flight to a client, in bytes of payload; 0 for no limit.
        public var maximumInflightBytes = 0
        /// When set, nobody else gets in.
        public var credentials: (username: String, password: String)?
        /// When set, the port speaks TLS.
        public var certificates: Certificates?
        /// Whether a client must show a certificate of the same authority.
        public var requiresClientCertificate = false
        /// Further lines of mosquitto.conf(5).
        public var extraLines: [String] = []

        public init() {}
    }

    public struct StartError: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    private let directory = TemporaryDirectory()
    private let options: Options
    private let process = Mutex<ChildProcess?>(nil)

    /// Starts it and waits until it accepts connections.
    public init(_ options: Options = Options()) throws {
        self.options = options
        port = FreePort.next()
        // As root, mosquitto would turn into another user, who may not enter this directory.
        let account = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "root"
        try writePasswords()
        directory.write(configuration(account: account), to: "mosquitto.conf")
        try start()
    }

    deinit { kill() }

    /// What it has logged, for the message of a failure.
    public var log: String { TemporaryDirectory.read(directory.file("mosquitto.log")) ?? "" }

    /// Starts it again, on the same port with what it has kept.
    public func start() throws {
        let started = try ChildProcess(
            PrivateBroker.executable, ["-c", directory.file("mosquitto.conf")],
            output: .file(directory.file("mosquitto.log")), errors: .file(directory.file("mosquitto.log")))
        process.withLock { $0 = started }
        let deadline = ContinuousClock.now + .seconds(20)
        while !FreePort.isListening(port) {
            guard started.isRunning, ContinuousClock.now < deadline else {
                throw StartError(description: "mosquitto does not start:\n\(log)")
            }
            usleep(5000)
        }
    }

    /// Ends it in an orderly way (SIGTERM), saving what is persistent.
    public func stop() {
        guard let running = process.withLock({ $0.take() }) else { return }
        running.terminate()
        _ = running.wait()
    }

    /// Ends it as a power failure does (SIGKILL).
    public func kill() {
        guard let running = process.withLock({ $0.take() }) else { return }
        running.kill()
        _ = running.wait()
    }

    /// Sends it a signal: SIGUSR1 saves what is persistent, SIGSTOP and SIGCONT make it deaf for a while.
    public func send(_ signal: Int32) {
        process.withLock { $0?.send(signal) }
    }

    public func restart() throws {
        stop()
        try start()
    }

    /// How to reach it, with credentials and authority.
    public func clientOptions(clientID: String) -> MQTTOptions {
        var client = MQTTOptions(host: "127.0.0.1", port: port, clientID: clientID)
        client.username = options.credentials?.username
        client.password = (options.credentials?.password).map { Secret($0) }
        if let certificates = options.certificates {
            client.tls = MQTTOptions.TLS(caFile: certificates.caFile)
            if options.requiresClientCertificate {
                client.tls?.certificateFile = certificates.clientCertificateFile
                client.tls?.keyFile = certificates.clientKeyFile
            }
        }
        return client
    }

    private static var executable: String {
        access("/usr/sbin/mosquitto", X_OK) == 0 ? "/usr/sbin/mosquitto" : "mosquitto"
    }

    private func configuration(account: String) -> String {
        var lines = [
            "listener \(port) 127.0.0.1", "user \(account)", "log_dest stderr", "log_type error", "log_type warning",
            "log_type notice", "max_queued_messages \(options.maximumQueued)",
            "allow_anonymous \(options.credentials == nil)", "persistence \(options.isPersistent)",
        ]
        if options.isPersistent { lines.append("persistence_location \(directory.path)/") }
        if options.maximumInflightBytes > 0 { lines.append("max_inflight_bytes \(options.maximumInflightBytes)") }
        if options.credentials != nil { lines.append("password_file \(directory.file("passwords"))") }
        if let certificates = options.certificates {
            lines += [
                "cafile \(certificates.caFile)", "certfile \(certificates.serverCertificateFile)",
                "keyfile \(certificates.serverKeyFile)", "require_certificate \(options.requiresClientCertificate)",
            ]
        }
        return (lines + options.extraLines).joined(separator: "\n") + "\n"
    }

    private func writePasswords() throws {
        guard let (username, password) = options.credentials else { return }
        let file = directory.write("\(username):\(password)\n", to: "passwords", mode: 0o600)
        let hashing = try ChildProcess("mosquitto_passwd", ["-U", file])
        guard hashing.wait() == .exited(0) else {
            throw StartError(description: "mosquitto_passwd failed: \(hashing.standardError)")
        }
    }
}
