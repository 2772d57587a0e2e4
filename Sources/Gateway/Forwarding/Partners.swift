import Forwarding
import Logging
import Synchronization
import Telemetry
import Threading

/// The partners' threads. Any thread.
final class Partners: Sendable {
    private let desk: DeliveryDesk
    private let store: PartnerStore
    private let logger: Logger
    private let running = Mutex<[Forwarder]>([])
    /// The number of the reload whose partners are at work; held while they are replaced.
    private let replaced = Mutex(0)
    private let reloads = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)

    init(desk: DeliveryDesk, store: PartnerStore, logger: Logger) {
        self.desk = desk
        self.store = store
        self.logger = logger
    }

    /// Starts a thread for each.
    func start(_ options: [PartnerOptions]) {
        if isStopping.load(ordering: .acquiring) { return }
        let forwarders = options.map { Forwarder($0, store: store, logger: logger) }
        running.withLock { $0 = forwarders }
        desk.setListeners(forwarders.map(\.signal))
        for forwarder in forwarders { forwarder.start() }
    }

    /// Ends those at work and starts others, on a thread of its own that waits for the ends.
    func replace(with options: [PartnerOptions], facts: SeriesFactsDirectory) {
        let number = reloads.wrappingAdd(1, ordering: .relaxed).newValue
        _ = WorkerThread(name: "partners") { [self] in
            replaced.withLock { last in
                guard number > last else { return }
                last = number
                stopAll()
                if !join(milliseconds: 2000) {
                    logger.warning("a partner's thread did not end in time; what it has under way may go twice")
                }
                if !desk.settleAll(within: 3000) {
                    logger.warning("what partners were sent last is not recorded yet; it may go twice")
                }
                store.setFacts(facts)
                start(options)
            }
        }
    }

    /// For good.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        stopAll()
    }

    private func stopAll() { for forwarder in all { forwarder.stop() } }

    /// - Returns: whether all have ended within that time.
    func join(milliseconds: Int64) -> Bool {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        var haveEnded = true
        for forwarder in all {
            let rest = (deadline - ContinuousClock.now) / .milliseconds(1)
            if !forwarder.join(milliseconds: Int32(max(0, rest))) { haveEnded = false }
        }
        return haveEnded
    }

    var statuses: [(name: String, status: PartnerStatus)] { all.map { ($0.options.name, $0.status) } }

    private var all: [Forwarder] { running.withLock { $0 } }
}
