/// A test that Poort can run on a reading: those of QARTOD, and two of its own. The raw value is its place in
/// ``QualityTests`` and is stored: never renumber.
public enum QualityTest: UInt8, Sendable, CaseIterable {
    case grossRange = 0
    case spike = 1
    case rateOfChange = 2
    case flatLine = 3
    case attenuatedSignal = 4
    case timeGap = 5
    case impossibleDate = 6
    /// Suspect for what else was measured at the site.
    case coLocated = 7
    /// Far from what the neighbours measure.
    case peerSpread = 8

    /// The name in configuration and output, as in `ioos_qc` where it has the test.
    public var name: String {
        switch self {
        case .grossRange: "gross_range"
        case .spike: "spike"
        case .rateOfChange: "rate_of_change"
        case .flatLine: "flat_line"
        case .attenuatedSignal: "attenuated_signal"
        case .timeGap: "time_gap"
        case .impossibleDate: "impossible_date"
        case .coLocated: "co_located"
        case .peerSpread: "peer_spread"
        }
    }
}

/// The flag of every test that was run on one reading: four bits a test, 0 where the test was not run.
public struct QualityTests: Hashable, Sendable {
    /// What is stored. At most 15 tests, so that the sign bit stays clear.
    public var bits: Int64

    @inlinable
    public init(bits: Int64 = 0) {
        self.bits = bits
    }

    @inlinable
    public subscript(test: QualityTest) -> QualityFlag? {
        get { QualityFlag(rawValue: UInt8(truncatingIfNeeded: bits >> (Int64(test.rawValue) * 4) & 0xF)) }
        set {
            let shift = Int64(test.rawValue) * 4
            bits = bits & ~(0xF << shift) | Int64(newValue?.rawValue ?? 0) << shift
        }
    }

    /// The verdict of all tests together; ``QualityFlag/unknown`` where none was run.
    @inlinable
    public var combined: QualityFlag {
        if holds(.fail) { return .fail }
        if holds(.suspect) { return .suspect }
        if holds(.good) { return .good }
        return !holds(.unknown) && holds(.missing) ? .missing : .unknown
    }

    /// Takes the flags of the tests that the other knows, and keeps the rest.
    @inlinable
    public mutating func replace(with judged: QualityTests) {
        var low = judged.bits | judged.bits >> 1
        low = (low | low >> 2) & QualityTests.lowestBits
        bits = bits & ~(low * 0xF) | judged.bits
    }

    /// Whether some test gave that flag: looks for four equal bits among all tests at once.
    @inlinable
    func holds(_ flag: QualityFlag) -> Bool {
        let different = UInt64(bitPattern: bits ^ Int64(flag.rawValue) * QualityTests.lowestBits | ~QualityTests.known)
        let borrowed = different &- UInt64(bitPattern: QualityTests.lowestBits)
        return borrowed & ~different & UInt64(bitPattern: QualityTests.lowestBits << 3) != 0
    }

    /// The lowest bit of each test's four.
    @inlinable
    static var lowestBits: Int64 { 0x0111_1111_1111_1111 }

    /// The bits of the tests above.
    @inlinable
    static var known: Int64 { 0xF_FFFF_FFFF }
}
