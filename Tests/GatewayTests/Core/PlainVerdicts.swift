import Processing
import Telemetry

/// The tests of all readings as they follow from the stored values, all at once: each series by itself, then the
/// neighbours, looked for among all readings.
struct PlainVerdicts {
    private let points: [[SeriesPoint]]

    /// - Parameter stored: of each series of ``CoreBench``, by number.
    init(_ stored: [Int: [Timestamp: Double]]) {
        points = (0..<CoreBench.seriesCount).map { index in
            (stored[index] ?? [:]).sorted { $0.key < $1.key }.map { SeriesPoint(time: $0.key, value: $0.value) }
        }
    }

    func tests(of series: Int) -> [Timestamp: QualityTests] {
        let quantity = CoreBench.quantity(of: series)
        let control = QualityControl(of: quantity, intervalMilliseconds: CoreBench.interval(of: series))
        var verdicts = control.judge(points[series])
        // Until its successor comes the newest passes as a spike.
        if let last = verdicts.indices.last, last > 0, verdicts[last][.spike] != nil { verdicts[last][.spike] = .good }
        var found: [Timestamp: QualityTests] = [:]
        for (point, verdict) in zip(points[series], verdicts) {
            var tests = verdict
            if let limits = quantity.limits.coLocated {
                tests[.coLocated] = limits.flag(point, reference: last(of: 8, at: point.time))
            }
            if let limits = quantity.limits.peerSpread { tests[.peerSpread] = peers(limits, point, of: series) }
            found[point.time] = tests
        }
        return found
    }

    private func peers(_ limits: PeerSpreadLimits, _ point: SeriesPoint, of series: Int) -> QualityFlag {
        let others = (9...12).filter { $0 != series && !points[$0].isEmpty }
        var values = others.compactMap { last(of: $0, at: point.time - 1) }
            .filter { point.time - $0.time <= limits.ageMilliseconds }.map(\.value)
        return limits.flag(point.value, peers: &values)
    }

    private func last(of series: Int, at time: Timestamp) -> SeriesPoint? {
        let limits = CoreBench.quantity(of: series).grossRange
        return points[series].last { $0.time <= time && (limits?.flag($0.value).isUsable ?? true) }
    }
}
