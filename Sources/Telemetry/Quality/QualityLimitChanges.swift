/// What a configuration changes of a quantity's limits, test by test; nil leaves a test as it is.
public struct QualityLimitChanges: Hashable, Sendable {
    public var spike: LimitChange<SpikeLimits>?
    public var rateOfChange: LimitChange<RateOfChangeLimits>?
    public var flatLine: LimitChange<FlatLineLimits>?
    public var attenuatedSignal: LimitChange<AttenuatedSignalLimits>?
    public var timeGap: LimitChange<TimeGapLimits>?
    public var coLocated: LimitChange<CoLocatedLimits>?
    public var peerSpread: LimitChange<PeerSpreadLimits>?

    public init() {}

    public func apply(to limits: inout QualityLimits) {
        if let spike { limits.spike = spike.limits }
        if let rateOfChange { limits.rateOfChange = rateOfChange.limits }
        if let flatLine { limits.flatLine = flatLine.limits }
        if let attenuatedSignal { limits.attenuatedSignal = attenuatedSignal.limits }
        if let timeGap { limits.timeGap = timeGap.limits }
        if let coLocated { limits.coLocated = coLocated.limits }
        if let peerSpread { limits.peerSpread = peerSpread.limits }
    }
}

/// Other limits for a test, or none, so that it is not run.
public enum LimitChange<Limits: Hashable & Sendable>: Hashable, Sendable {
    case off
    case set(Limits)

    public var limits: Limits? {
        switch self {
        case .off: nil
        case .set(let limits): limits
        }
    }
}
