public import Telemetry

/// Whether the gateway's clock may date anything, from what it shows and what the system says of it.
///
/// A box without a real-time clock boots in the past, and shows a time that is too early until somebody sets it. Once
/// the clock was believed it is believed on: a step is somebody's correction.
public struct ClockTrust: Sendable {
    /// Which clock is believed.
    public enum Policy: String, Sendable, Hashable, CaseIterable {
        /// One that the system confirms, or that is not earlier than the last time that was believed.
        case auto
        /// Only one that the system confirms.
        case synchronised
        /// Any.
        case trusted
    }

    public enum Synchronisation: Sendable, Hashable {
        /// A time service keeps it right.
        case confirmed
        /// A time service is at work on it, and it may go on from what was saved at the end of the boot before.
        case pending
        case unknown
    }

    /// Both clocks at one moment.
    public struct Reading: Sendable, Hashable {
        public var wall: Timestamp
        /// Milliseconds of a clock that begins with the boot and never steps.
        public var sinceBoot: Int64
        public var synchronisation: Synchronisation

        public init(wall: Timestamp, sinceBoot: Int64, synchronisation: Synchronisation = .unknown) {
            self.wall = wall
            self.sinceBoot = sinceBoot
            self.synchronisation = synchronisation
        }

        /// When the box was booted, by its clock.
        public var began: Timestamp { wall - sinceBoot }
    }

    public enum Verdict: Sendable, Hashable {
        case trusted
        /// It shows a time before this software was.
        case implausible
        /// It shows a time before the last that was believed.
        case behind(Timestamp)
        /// Somebody is about to set it.
        case awaited
    }

    /// The clock was set.
    public struct Step: Sendable, Hashable {
        /// What it shows since.
        public var time: Timestamp
        /// By how much; negative where it was set back.
        public var milliseconds: Int64

        public init(time: Timestamp, milliseconds: Int64) {
            self.time = time
            self.milliseconds = milliseconds
        }
    }

    /// What a look at the clock has shown.
    public struct Change: Sendable, Hashable {
        public var step: Step?
        /// Whether the verdict is another one now.
        public var isVerdictNew = false
    }

    public private(set) var verdict = Verdict.awaited
    public private(set) var lastStep: Step?
    private var lastReading: Reading?

    public var isTrusted: Bool { verdict == .trusted }

    /// No clock before it is right: no version of this software is older.
    public static let earliestPlausible = Timestamp(milliseconds: 1_767_225_600_000)
    /// How long after the boot somebody may take to set a clock that goes on from a saved time.
    public static let patience: Int64 = 900_000
    /// Two clocks are not read at the same moment.
    private static let leastStep: Int64 = 50
    /// What nobody has announced may be a clock that is slewed fast.
    private static let leastUnannouncedStep: Int64 = 1000

    public init() {}

    /// Takes in what the clocks show.
    /// - Parameters:
    ///   - floor: the last time that was believed, in an earlier process too; nil where none was.
    ///   - wasSet: whether the system says that the clock was set since the reading before.
    public mutating func read(
        _ reading: Reading, floor: Timestamp?, policy: Policy = .auto, wasSet: Bool = false
    ) -> Change {
        var change = Change()
        if let before = lastReading {
            let moved = reading.began - before.began
            if abs(moved) >= (wasSet ? ClockTrust.leastStep : ClockTrust.leastUnannouncedStep) {
                lastStep = Step(time: reading.wall, milliseconds: moved)
                change.step = lastStep
            }
        }
        lastReading = reading
        let now = verdict(on: reading, floor: floor, policy: policy)
        // A floor that is waited for moves by itself.
        change.isVerdictNew = now.kind != verdict.kind
        verdict = now
        return change
    }

    private func verdict(on reading: Reading, floor: Timestamp?, policy: Policy) -> Verdict {
        if policy == .trusted { return .trusted }
        if reading.wall < ClockTrust.earliestPlausible { return .implausible }
        if isTrusted || reading.synchronisation == .confirmed { return .trusted }
        if policy == .synchronised { return .awaited }
        if let floor, reading.wall < floor { return .behind(floor) }
        return reading.synchronisation == .pending && reading.sinceBoot < ClockTrust.patience ? .awaited : .trusted
    }
}

extension ClockTrust.Verdict {
    fileprivate var kind: Int {
        switch self {
        case .trusted: 0
        case .implausible: 1
        case .behind: 2
        case .awaited: 3
        }
    }
}
