public import Telemetry

extension PeerSpreadLimits {
    /// Whether a reading is far from the median of its peers.
    /// - Parameter peers: of each other sensor of the neighbourhood the last value before the reading, not older
    ///   than ``ageMilliseconds`` and within its gross range; values that are not finite are let go. Is put in order.
    /// - Returns: 9 for a missing value, 2 with too few peers.
    public func flag(_ value: Double, peers: inout [Double]) -> QualityFlag {
        guard value.isFinite else { return .missing }
        peers.removeAll { !$0.isFinite }
        peers.sort()
        return peers.withUnsafeBufferPointer { flag(value, sortedPeers: $0) }
    }

    /// As ``flag(_:peers:)``, of finite values in their order.
    func flag(_ value: Double, sortedPeers peers: UnsafeBufferPointer<Double>) -> QualityFlag {
        guard value.isFinite else { return .missing }
        guard !peers.isEmpty, peers.count >= minimumPeers else { return .unknown }
        let middle = peers.count / 2
        let median = peers.count % 2 == 1 ? peers[middle] : peers[middle - 1] / 2 + peers[middle] / 2
        let allowance = relative * abs(median)
        func limit(_ level: Double?) -> Double? { level.flatMap { $0 == 0 ? nil : $0 + allowance } }
        return .level(of: abs(value - median), suspect: limit(suspect), fail: limit(fail))
    }

    /// Whether a peer's reading may speak at that time. One of the same time may not: sensors that keep to whole minutes
    /// would all be judged anew for each of them.
    public func applies(to time: Timestamp, from peer: Timestamp) -> Bool {
        (1...max(1, ageMilliseconds)).contains(time.milliseconds(since: peer))
    }
}
