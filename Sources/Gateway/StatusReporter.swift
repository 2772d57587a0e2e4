import GatewayConfiguration
import Control
import Glibc
import Ingest
import Processing
import Storage
import Synchronization
import Telemetry
import Threading

/// Puts the status report together from what the threads show. Any thread.
final class StatusReporter: Sendable {
    private let configurationPath: String
    private let core: CoreThread
    private let session: BrokerSession
    private let ring: RingGauge
    private let partners: Partners
    private let started = Timestamp.now()
    private let state: Mutex<State>

    private struct State {
        var configuration: Configuration
        var loaded: Timestamp
        var reloadError: String?
    }

    init(
        configurationPath: String, configuration: Configuration, core: CoreThread, session: BrokerSession,
        ring: RingGauge, partners: Partners
    ) {
        self.configurationPath = configurationPath
        self.core = core
        self.session = session
        self.ring = ring
        self.partners = partners
        state = Mutex(State(configuration: configuration, loaded: .now()))
    }

    func didReload(_ configuration: Configuration) {
        state.withLock { $0 = State(configuration: configuration, loaded: .now()) }
    }

    /// Of the configuration in force.
    var fingerprint: String { configuration.fingerprint }
    var configuration: Configuration { state.withLock { $0.configuration } }

    func didRefuseReload(_ cause: String) {
        state.withLock { $0.reloadError = cause }
    }

    /// One line for `systemctl status`.
    func statusLine() async -> String {
        let snapshot = await core.snapshots.fresh()
        let session = session.status
        if let trouble = disk(snapshot).statusLine { return trouble }
        if let progress = snapshot.salvage {
            return
                "\(session.state.rawValue) (\(session.address)), salvaging a damaged database: \(Int(progress * 100)) %"
        }
        if let verdict = snapshot.clock?.verdict, verdict != .trusted {
            return "\(session.state.rawValue) (\(session.address)), \(snapshot.undated) readings wait for the clock"
        }
        let rate = (snapshot.messagesPerSecond.last10Seconds * 10).rounded() / 10
        return "\(session.state.rawValue) (\(session.address)), \(rate) messages/s, \(snapshot.sensors.count) series"
    }

    private func disk(_ snapshot: CoreSnapshot) -> DiskReport {
        DiskReport(snapshot: snapshot, underWay: core.disk.slowMilliseconds(at: MonotonicClock.milliseconds()))
    }

    func report() async -> StatusReport {
        let snapshot = await core.snapshots.fresh()
        let now = Timestamp.now()
        let current = state.withLock { $0 }
        let path = current.configuration.storage.path
        var report = StatusReport(
            gateway: current.configuration.gateway.name, version: GatewayVersion.number, isRunning: true,
            now: now.description,
            configuration: .init(
                path: configurationPath, fingerprint: current.configuration.fingerprint,
                loaded: current.loaded.description, reloadError: current.reloadError),
            storage: DiskUse(path: path).storageStatus(databaseBytes: snapshot.databaseBytes),
            ledger: StatusReport.Ledger(snapshot.ledger))
        report.process = .init(
            pid: getpid(), started: started.description, residentBytes: DiskUse.residentBytes())
        report.broker = broker(session.status)
        report.ring = .init(depth: ring.depth, capacity: ring.capacity)
        report.rates = .init(
            messagesPerSecond: snapshot.messagesPerSecond.last10Seconds,
            messagesPerSecondFiveMinutes: snapshot.messagesPerSecond.last5Minutes,
            readingsPerSecond: snapshot.readingsPerSecond.last10Seconds,
            readingsPerSecondFiveMinutes: snapshot.readingsPerSecond.last5Minutes)
        disk(snapshot).fill(&report.storage)
        report.storage.damagedFiles = SetAside(path: path).files
        report.storage.salvageProgress = snapshot.salvage
        report.storage.lostReadings = snapshot.lostReadings
        report.wear = snapshot.wear.map(StatusReport.Wear.init)
        report.space = snapshot.space.map(StatusReport.Space.init)
        report.aggregates = .init(
            closed: snapshot.figures.closedWindows.values.reduce(0, +), revised: snapshot.figures.revisions,
            waiting: snapshot.windowsWaiting, closedUntil: snapshot.closedUntil?.description)
        report.clock = snapshot.clock.map { verdict, step in
            StatusReport.Clock(
                isTrusted: verdict == .trusted,
                complaint: verdict == .trusted ? nil : verdict.complaint(about: now), undated: snapshot.undated,
                lastStep: step?.time.description, lastStepSeconds: step.map { Double($0.milliseconds) / 1000 })
        }
        report.sensors = SensorView.report(snapshot.sensors, now: now)
        report.partners = PartnerView.report(
            snapshot.partners, configured: current.configuration.partners, statuses: partners.statuses, now: now,
            lastDeliveries: snapshot.storedPartners)
        return report
    }

    private func broker(_ status: SessionStatus) -> StatusReport.Broker {
        let now = MonotonicClock.milliseconds()
        return StatusReport.Broker(
            state: status.state.rawValue, address: status.address,
            connectedSeconds: status.connectedSince.map { Double(now - $0) / 1000 },
            nextAttemptSeconds: status.nextAttempt.map { max(0, Double($0 - now) / 1000) },
            connections: status.connections, failedAttempts: status.failedAttempts, lastError: status.lastError,
            unacknowledged: status.unacknowledged, receiveMaximum: status.receiveMaximum,
            subscriptions: status.subscriptions)
    }
}
