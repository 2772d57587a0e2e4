/// How far a container's content is from the sensor in its lid, in millimetres.
public struct ContainerGeometry: Sendable, Hashable {
    /// When it is empty: 1 to 20 000.
    public var emptyMillimetres: Double
    /// When it is full: 0, or more, and less than when empty.
    public var fullMillimetres: Double

    /// - Returns: nil unless 0 ≤ full < empty.
    public init?(emptyMillimetres: Double, fullMillimetres: Double) {
        guard fullMillimetres >= 0, emptyMillimetres > fullMillimetres, emptyMillimetres.isFinite else { return nil }
        self.emptyMillimetres = emptyMillimetres
        self.fullMillimetres = fullMillimetres
    }

    /// The fill level in percent.
    ///
    /// Content above the full mark is 100, and an echo a little beyond the bottom is 0. One from more than a tenth beyond
    /// it is no echo of this container: its level is negative, which quality control will not pass.
    public func fillLevelPercent(distanceMillimetres: Double) -> Double {
        let percent = (emptyMillimetres - distanceMillimetres) / (emptyMillimetres - fullMillimetres) * 100
        if percent > 100 { return 100 }
        return percent < 0 && percent >= -10 ? 0 : percent
    }
}
