public import Telemetry

/// What can go wrong on a street. The raw value stands in the list of faults.
public enum FaultKind: String, Sendable, CaseIterable {
    case spike
    case outOfRange = "out_of_range"
    case stuck
    case damped
    case drift
    case step
    case fog
    case gap
    case missing
    case broken
    case clockAhead = "clock_ahead"
    case clockBehind = "clock_behind"
    case duplicate
    case late
    case reset
    case wrap

    /// What should find it at the gateway: a test of quality control, the reason of a rejection, or the account or the
    /// figure of an aggregate in which it shows. What is late is to be stored as if it were not.
    public var foundBy: String {
        switch self {
        case .spike: QualityTest.spike.name
        case .outOfRange: QualityTest.grossRange.name
        case .stuck: QualityTest.flatLine.name
        case .damped: QualityTest.attenuatedSignal.name
        case .drift: QualityTest.peerSpread.name
        case .step: QualityTest.rateOfChange.name
        case .fog: QualityTest.coLocated.name
        case .gap: QualityTest.timeGap.name
        case .missing: RejectionReason.missing.rawValue
        case .broken: RejectionReason.undecodable.rawValue
        case .clockAhead: RejectionReason.clockAhead.rawValue
        case .clockBehind: RejectionReason.beyondRetention.rawValue
        case .duplicate: "duplicate"
        case .late: "stored"
        case .reset: "resets"
        case .wrap: "wraps"
        }
    }

    /// How long one lasts, in hours; nil for what hits a message.
    var hours: ClosedRange<Int>? {
        switch self {
        case .stuck: 14...30
        case .drift: 18...30
        case .damped: 6...12
        case .step, .fog: 2...6
        case .gap: 3...8
        default: nil
        }
    }
}

/// A fault as it was injected: the truth by which the gateway's verdicts are measured.
public struct InjectedFault: Sendable, Hashable {
    public var kind: FaultKind
    public var device: String
    /// What it may show in; the gateway has found the fault when it shows in one of them.
    public var quantities: [String]
    /// The first report that it hits: when that was measured, whatever its payload says.
    public var start: Timestamp
    /// The last report that it hits; nil when it still goes on.
    public var end: Timestamp?

    /// `{"device":"aq-0001","quantities":["no2"],"fault":"stuck","start":…,"end":…,"found_by":"flat_line"}`
    public var line: JSONLine {
        var line = JSONLine()
        line.add("device", device)
        line.add("quantities", quantities)
        line.add("fault", kind.rawValue)
        line.add("start", start)
        line.add("end", end)
        line.add("found_by", kind.foundBy)
        return line
    }
}
