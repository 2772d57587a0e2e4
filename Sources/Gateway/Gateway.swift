public import GatewayConfiguration
import Control
import Glibc
import Decoding
import Ingest
public import Logging
import Processing
public import ServiceLifecycle
import Storage
import Synchronization
import Telemetry
import Threading
import UnixSignals

/// The daemon: owns the threads, wires the rooms, answers to systemd.
///
/// Broker thread → ring → core thread → database; the control socket beside them. Stopping goes the same way, so that
/// what was read is committed and acknowledged before the database is closed.
public struct Gateway: Service {
    private let configurationPath: String
    private let configuration: Configuration
    private let logger: Logger
    private let reporter: StatusReporter
    private let core: CoreThread
    private let replacement = IntakeReplacement()
    private let clock = GatewayClock()
    private let session: BrokerSession
    private let partners: Partners
    private let manager = ServiceManager()

    /// Takes the lock, starts the threads and begins to connect.
    /// - Throws: when another daemon is at work on the database, or a secret cannot be read.
    public init(configurationPath: String, configuration: Configuration, logger: Logger) throws(GatewayError) {
        // What the command line and the configuration needed.
        CodePages.release()
        let wiring = Wiring(configuration)
        let brokerOptions = try wiring.brokerOptions()
        core = CoreThread(lock: try FileLock(path: FileLock.name(of: configuration.storage.path)))
        self.configurationPath = configurationPath
        self.configuration = configuration
        self.logger = logger
        let path = configuration.storage.path
        let damage = Salvage.damage(at: path)
        // A new database tells nothing, and one that cannot be read shows itself in the core.
        var stored: [StoreReader.SeriesRow] = []
        var earlier: [String] = []
        if damage == nil, let reader = try? StoreReader(path: path) {
            stored = (try? reader.series()) ?? []
            earlier = (try? reader.subscriptions()) ?? []
        }
        let (producer, gauge) = core.start(
            ringCapacity: wiring.ringCapacity, path: path, storeOptions: wiring.storeOptions,
            settings: wiring.coreSettings, sources: wiring.sourceNames, clock: clock, damage: damage, logger: logger)
        let taken = Set(stored.map { SeriesIdentity(device: $0.device, quantity: $0.quantity) })
        let gate = IntakeGate(
            decoder: Decoder(configuration.decoderOptions, takenSeries: taken), timeGate: wiring.timeGate,
            producer: producer,
            state: core.intake, wakeUp: core.wakeUp, replacement: replacement, desk: core.desk, clock: clock)
        session = BrokerSession(
            options: brokerOptions, earlierSubscriptions: earlier, line: gate, logger: logger)
        partners = Partners(
            desk: core.deliveries,
            store: PartnerStore(
                desk: core.deliveries, path: path, facts: SeriesFactsDirectory(configuration), clock: clock),
            logger: logger)
        reporter = StatusReporter(
            configurationPath: configurationPath, configuration: configuration, core: core, session: session,
            ring: gauge, partners: partners)
        partners.start(wiring.partnerOptions)
        CodePages.release()
    }

    /// The control socket's service, to run beside this one.
    public func controlServer() throws -> any Service {
        let reporter = reporter
        let core = core
        return try ControlServer(
            path: configuration.control.socketPath, logger: logger, report: { await reporter.report() },
            quarantine: { (action, selection) async throws(ControlError) in
                try await core.desk.ask(action, selection) { core.wakeUp.wake() }
            })
    }

    /// Runs until a graceful shutdown is asked for.
    public func run() async throws {
        logger.notice("poort \(GatewayVersion.number) started", metadata: ["gateway": "\(configuration.gateway.name)"])
        manager.ready("connecting to \(configuration.broker.host):\(configuration.broker.port)")
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await keepWatch() }
                group.addTask { await reloadOnSignal() }
                group.addTask { await releaseCode() }
            }
        }
        await stop()
    }

    // MARK: - Watchdog and status line

    private func keepWatch() async {
        let session = session
        let core = core
        let watchdog = Watchdog(
            hearts: [
                // Opening a connection blocks for name resolution and for TCP, some two minutes for each address.
                .init(
                    name: "broker",
                    lastBeat: {
                        session.heartbeatMilliseconds + (session.status.state == .connecting ? 600_000 : 0)
                    }, limitMilliseconds: 20_000),
                .init(name: "core", lastBeat: { core.heartbeat.load(ordering: .relaxed) }, limitMilliseconds: 20_000),
            ], disk: { (core.disk.position.work == .none ? nil : core.disk.position.since, core.disk.lastReturn) })
        let pause = min(manager.watchdogMilliseconds.map { $0 / 2 } ?? 5000, 5000)
        while !Task.isCancelled {
            let overdue = watchdog.overdue(at: MonotonicClock.milliseconds())
            if overdue.isEmpty {
                manager.watchdog()
            } else {
                logger.error(
                    "no sign of life from thread \(overdue.joined(separator: ", ")); systemd will restart poort")
            }
            manager.status(await reporter.statusLine())
            try? await Task.sleep(for: .milliseconds(pause))
        }
    }

    /// What the start alone needed, soon; what somebody asked for since, now and then.
    private func releaseCode() async {
        var pause = 0.25
        while !Task.isCancelled {
            CodePages.release()
            try? await Task.sleep(for: .seconds(pause))
            pause = min(pause * 2, 600)
        }
    }

    // MARK: - SIGHUP

    private func reloadOnSignal() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) { reload() }
    }

    /// Takes the file anew; a wrong one changes nothing.
    private func reload() {
        manager.reloading()
        var outcome = "the new configuration is wrong, the old one stays in force"
        defer { manager.ready(outcome) }
        do {
            let new = try ConfigurationFile.load(path: configurationPath)
            let check = StartCheck(new, for: .reload)
            if !check.errors.isEmpty { throw ConfigurationError(complaints: check.errors) }
            let wiring = Wiring(new)
            let brokerOptions = try wiring.brokerOptions()
            // Each new decoder numbers its series anew, and the core remembers all numbers.
            if new.fingerprint != reporter.fingerprint {
                replacement.put(.init(decoder: new.decoderOptions, timeGate: wiring.timeGate))
            }
            core.replace(settings: wiring.coreSettings)
            session.replace(options: brokerOptions)
            if wiring.partnersDiffer(from: reporter.configuration) {
                partners.replace(with: wiring.partnerOptions, facts: SeriesFactsDirectory(new))
            }
            reporter.didReload(new)
            outcome = "configuration reloaded"
            logger.notice("configuration reloaded", metadata: ["fingerprint": "\(new.fingerprint)"])
            for (name, changed) in [
                ("[storage] path", new.storage.path != configuration.storage.path),
                (
                    "[storage] quarantine_limit",
                    new.storage.quarantineLimitBytes != configuration.storage.quarantineLimitBytes
                ),
                ("[log] level", new.log.level != configuration.log.level),
                ("[control] socket", new.control.socketPath != configuration.control.socketPath),
                ("[gateway] timezone", new.gateway.timezone != configuration.gateway.timezone),
                ("[processing] ring_capacity", new.processing.ringCapacity != configuration.processing.ringCapacity),
            ] where changed {
                logger.warning("\(name) changed; it counts from the next start on")
            }
        } catch {
            logger.error("the new configuration is wrong, the old one stays in force: \(error)")
            reporter.didRefuseReload("\(error)")
        }
    }

    // MARK: - Stopping

    /// On a thread of its own: it waits for the others, which the cooperative pool must not.
    private func stop() async {
        manager.stopping()
        await withCheckedContinuation { done in
            _ = WorkerThread(name: "stop") {
                stopThreads()
                done.resume()
            }
        }
        logger.notice("poort stopped")
    }

    private func stopThreads() {
        let deadline = MonotonicClock.milliseconds() + Gateway.stopMilliseconds
        core.desk.close()
        partners.stop()
        session.stop()
        // At most three seconds for the last commit, one for the goodbye.
        if !session.join(milliseconds: 4100) {
            logger.warning("the broker connection did not end in time; what is not acknowledged will come again")
        }
        // What they hand in last is recorded with the last commit.
        if !partners.join(milliseconds: max(200, deadline - MonotonicClock.milliseconds() - 400)) {
            logger.warning("a partner's thread did not end in time; what it has under way may go twice")
        }
        core.stop()
        let rest = max(200, deadline - MonotonicClock.milliseconds())
        if !core.join(milliseconds: Int32(rest)) {
            logger.error("the core did not end in time; what is not committed will come again")
        }
    }

    /// All together, so that the process has ended 5 s after SIGTERM.
    private static let stopMilliseconds: Int64 = 4600
}
