import Processing
import Synchronization
import Telemetry
import Threading

/// The box's clocks, and whether the time of day may date anything. Any thread; the core says whether it may.
final class GatewayClock: Sendable {
    /// Where the clocks are read; tests have their own.
    struct Source: Sendable {
        var wall: @Sendable () -> Timestamp
        var sinceBoot: @Sendable () -> Int64
        var synchronisation: @Sendable () -> ClockTrust.Synchronisation
        /// What tells this boot from every other.
        var bootIdentity: String

        static let system = Source(
            wall: { .now() }, sinceBoot: { BootClock.milliseconds() },
            synchronisation: {
                switch ClockSynchronisation.now() {
                case .confirmed: .confirmed
                case .pending: .pending
                case .unknown: .unknown
                }
            }, bootIdentity: BootClock.identity)
    }

    let source: Source
    private let trust: Atomic<Bool>

    /// - Parameter isTrusted: until the core has looked at it.
    init(_ source: Source = .system, isTrusted: Bool = false) {
        self.source = source
        trust = Atomic(isTrusted)
    }

    var isTrusted: Bool { trust.load(ordering: .acquiring) }

    func set(isTrusted: Bool) { trust.store(isTrusted, ordering: .releasing) }

    /// The time of day, right or wrong.
    var now: Timestamp { source.wall() }

    /// Both clocks at about one moment.
    func read() -> ClockTrust.Reading {
        var wall = source.wall()
        var before = source.sinceBoot()
        for _ in 0..<3 {
            wall = source.wall()
            let after = source.sinceBoot()
            if after - before <= 2 { break }
            before = after
        }
        return ClockTrust.Reading(wall: wall, sinceBoot: before, synchronisation: source.synchronisation())
    }
}

/// Stamps messages with the time at which they came, for the broker thread.
struct ReceiptStamp {
    private let clock: GatewayClock
    private var receipts = ReceiptClock()
    /// When the last burst came; milliseconds since the boot where ``isUndated``.
    private(set) var received = Timestamp.distantPast
    private(set) var isUndated = false

    init(_ clock: GatewayClock) {
        self.clock = clock
    }

    mutating func renew() {
        let sinceBoot = clock.source.sinceBoot()
        isUndated = !clock.isTrusted
        received = isUndated ? Timestamp(milliseconds: sinceBoot) : receipts.read(wall: clock.now, monotonic: sinceBoot)
    }
}
