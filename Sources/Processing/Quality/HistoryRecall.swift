import Telemetry

/// Makes a series' history anew from its stored readings, as after a start.
///
/// Offer the readings from the newest to older ones for as long as ``wantsOlder``: what is made of them judges every
/// later reading as the history would that was never lost.
public struct HistoryRecall: Sendable {
    private let control: QualityControl
    /// Newest first.
    private var points: [SeriesPoint] = []
    private var lowest = Double.infinity
    private var highest = -Double.infinity
    public private(set) var wantsOlder = true
    /// The one that was offered last.
    public var oldest: SeriesPoint? { points.last }

    public init(_ control: QualityControl) {
        self.control = control
    }

    public mutating func offer(_ older: SeriesPoint) {
        points.append(older)
        if !older.isMissing {
            lowest = min(lowest, older.value)
            highest = max(highest, older.value)
        }
        let isEnough = control.isEnough(count: points.count, oldest: older, newest: points[0].time)
        wantsOlder = !isEnough || !isFlatStretchKnown
    }

    /// Where the newest flat stretch begins is known once a point does not belong to it.
    private var isFlatStretchKnown: Bool {
        guard let tolerance = control.flatLineTolerance, let reach = control.flatLineReach else { return true }
        return points.count > reach || !(highest - lowest < tolerance)
    }

    public var history: SeriesHistory {
        var history = SeriesHistory()
        for point in points.reversed() { _ = control.append(point, to: &history) }
        return history
    }
}
