import Glibc
import Logging
import Processing
import Storage
import Synchronization
import Telemetry
import Threading

/// The thread that owns the database and the core: takes items out of the ring, commits when asked, closes windows
/// by the clock, and gets over a store that fails.
final class CoreThread: Sendable {
    let intake = IntakeState()
    let wakeUp = WakeUp()
    let snapshots: SnapshotExchange
    let desk = QuarantineDesk()
    let deliveries: DeliveryDesk
    let disk = DiskWatch()
    /// Let go while the disk is away.
    let lock: FileLock?
    /// The monotonic millisecond of the last turn, for the watchdog.
    let heartbeat = Atomic<Int64>(MonotonicClock.milliseconds())
    private let shouldStop = Atomic<Bool>(false)
    private let newSettings = Mutex<CoreSettings?>(nil)
    private let thread = Mutex<WorkerThread?>(nil)

    /// - Parameter lock: of the database, held.
    init(lock: FileLock? = nil) {
        self.lock = lock
        snapshots = SnapshotExchange(wakeUp: wakeUp)
        deliveries = DeliveryDesk(wakeUp: wakeUp)
    }

    /// Makes the ring and starts the thread on its reading end. Once.
    /// - Parameter damage: why the database must be set aside before it is opened.
    /// - Returns: the ring's writing end, for the broker thread, and its gauge.
    func start(
        ringCapacity: Int, path: String, storeOptions: StoreOptions, settings: CoreSettings, sources: [String],
        clock: GatewayClock = GatewayClock(), damage: StorageError? = nil, logger: Logger
    ) -> (producer: HandOver<Ring<IntakeItem>.Producer>, gauge: RingGauge) {
        let ends = Ring<IntakeItem>.make(capacity: ringCapacity)
        let gauge = ends.gauge
        let consumer = HandOver(ends.consumer)
        let producer = HandOver(ends.producer)
        let worker = WorkerThread(name: "core") { [self] in
            var loop = CoreLoop(
                thread: self, consumer: consumer.take(), path: path, storeOptions: storeOptions, settings: settings,
                sources: sources, clock: clock, logger: logger)
            loop.damage = damage
            loop.run()
        }
        thread.withLock { $0 = worker }
        return (producer, gauge)
    }

    /// Puts new settings into force at the next turn.
    func replace(settings: CoreSettings) {
        newSettings.withLock { $0 = settings }
        wakeUp.wake()
    }

    /// Asks the thread to commit what is in the ring and to end.
    func stop() {
        shouldStop.store(true, ordering: .releasing)
        wakeUp.wake()
    }

    func join(milliseconds: Int32) -> Bool {
        thread.withLock { $0 }?.join(milliseconds: milliseconds) ?? true
    }

    var isStopping: Bool { shouldStop.load(ordering: .acquiring) }

    func takeNewSettings() -> CoreSettings? {
        newSettings.withLock { settings in
            defer { settings = nil }
            return settings
        }
    }
}
