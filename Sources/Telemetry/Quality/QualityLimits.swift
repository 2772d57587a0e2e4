/// The limits of every test that is run on a quantity beside the gross range; a test without limits is not run.
public struct QualityLimits: Hashable, Sendable {
    public var spike: SpikeLimits?
    public var rateOfChange: RateOfChangeLimits?
    public var flatLine: FlatLineLimits?
    public var attenuatedSignal: AttenuatedSignalLimits?
    public var timeGap: TimeGapLimits?
    public var impossibleDate: ImpossibleDateLimits?
    public var coLocated: CoLocatedLimits?
    public var peerSpread: PeerSpreadLimits?

    public init(
        spike: SpikeLimits? = nil, rateOfChange: RateOfChangeLimits? = nil, flatLine: FlatLineLimits? = nil,
        attenuatedSignal: AttenuatedSignalLimits? = nil, timeGap: TimeGapLimits? = nil,
        impossibleDate: ImpossibleDateLimits? = nil, coLocated: CoLocatedLimits? = nil,
        peerSpread: PeerSpreadLimits? = nil
    ) {
        self.spike = spike
        self.rateOfChange = rateOfChange
        self.flatLine = flatLine
        self.attenuatedSignal = attenuatedSignal
        self.timeGap = timeGap
        self.impossibleDate = impossibleDate
        self.coLocated = coLocated
        self.peerSpread = peerSpread
    }

    /// The same limits in another unit of the quantity. All are distances, so that where a scale begins has no part.
    public func scaled(by factor: Double) -> QualityLimits {
        var scaled = self
        func scale(_ limit: inout Double?) { limit = limit.map { $0 * factor } }
        scale(&scaled.spike.suspect)
        scale(&scaled.spike.fail)
        scale(&scaled.rateOfChange.suspect)
        scale(&scaled.rateOfChange.fail)
        if let flatLine { scaled.flatLine?.tolerance = flatLine.tolerance * factor }
        scale(&scaled.attenuatedSignal.suspect)
        scale(&scaled.attenuatedSignal.fail)
        scale(&scaled.peerSpread.suspect)
        scale(&scaled.peerSpread.fail)
        return scaled
    }
}

/// A test with two levels.
protocol LevelledLimits {
    var suspect: Double? { get set }
    var fail: Double? { get set }
}

extension SpikeLimits: LevelledLimits {}
extension RateOfChangeLimits: LevelledLimits {}
extension AttenuatedSignalLimits: LevelledLimits {}
extension PeerSpreadLimits: LevelledLimits {}

extension Optional where Wrapped: LevelledLimits {
    fileprivate var suspect: Double? {
        get { self?.suspect }
        set { self?.suspect = newValue }
    }
    fileprivate var fail: Double? {
        get { self?.fail }
        set { self?.fail = newValue }
    }
}
