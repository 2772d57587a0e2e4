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
    /// The monotonic millisecond of the last turn, for the watchdog.
    let heartbeat = Atomic<Int64>(MonotonicClock.milliseconds())
    private let shouldStop = Atomic<Bool>(false)
    private let newSettings = Mutex<CoreSettings?>(nil)
    private let thread = Mutex<WorkerThread?>(nil)

    init() {
        snapshots = SnapshotExchange(wakeUp: wakeUp)
    }

    /// Starts the thread. Once.
    func start(
        consumer: consuming Ring<IntakeItem>.Consumer, path: String, storeOptions: StoreOptions,
        settings: CoreSettings, sources: [String], logger: Logger
    ) {
        let handedOver = Mutex<Ring<IntakeItem>.Consumer?>(consume consumer)
        let box = HandOver(handedOver)
        let worker = WorkerThread(name: "core") { [self] in
            guard let consumer = box.take() else { return }
            var loop = CoreLoop(
                thread: self, consumer: consumer, path: path, storeOptions: storeOptions, settings: settings,
                sources: sources, logger: logger)
            loop.run()
        }
        thread.withLock { $0 = worker }
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

/// Carries the ring's end into the thread that owns it from then on.
private final class HandOver: Sendable {
    private let held: Mutex<Ring<IntakeItem>.Consumer?>

    init(_ held: consuming Mutex<Ring<IntakeItem>.Consumer?>) {
        self.held = held
    }

    func take() -> Ring<IntakeItem>.Consumer? {
        held.withLock { held in
            var taken: Ring<IntakeItem>.Consumer?
            swap(&taken, &held)
            return taken
        }
    }
}

/// A clock that never steps, for intervals. Source: clock_gettime(2).
enum MonotonicClock {
    static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
