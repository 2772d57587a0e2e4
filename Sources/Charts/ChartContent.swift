public import Telemetry

/// What a chart shows: readings, or windows, of one series.
public struct ChartContent: Hashable, Sendable {
    public var style: Style
    /// Ascending in time.
    public var points: [Point]
    /// Points that begin later than so many milliseconds after the one before are not connected with it.
    public var longestStep: Int64

    public init(style: Style, points: [Point], longestStep: Int64) {
        self.style = style
        self.points = points
        self.longestStep = longestStep
    }

    public enum Style: Hashable, Sendable {
        /// A line through the values, between the extremes where points have them.
        case line
        /// The values by themselves: a line from 350° to 10° would cross the whole compass.
        case compass
        /// From 0 to the value, over the whole of a window.
        case bars
    }

    public enum Mark: Int, Hashable, Sendable, Comparable {
        case none
        case invalid
        case suspect
        case fail

        public static func < (left: Mark, right: Mark) -> Bool { left.rawValue < right.rawValue }

        /// Told apart without colour.
        public var character: Character {
            switch self {
            case .none: " "
            case .invalid: "~"
            case .suspect: "?"
            case .fail: "!"
            }
        }
    }

    public struct Point: Hashable, Sendable {
        public var start: Timestamp
        /// The start, for readings.
        public var end: Timestamp
        /// Nil for a window without one; finite.
        public var value: Double?
        /// A window's.
        public var extremes: ClosedRange<Double>?
        public var mark: Mark
        /// Whether the value itself is marked, and no part of the line.
        public var isFlagged: Bool

        public init(
            start: Timestamp, end: Timestamp, value: Double?, extremes: ClosedRange<Double>? = nil, mark: Mark = .none,
            isFlagged: Bool = false
        ) {
            self.start = start
            self.end = end
            self.value = value.flatMap { $0.isFinite ? $0 : nil }
            self.extremes = extremes
            self.mark = mark
            self.isFlagged = isFlagged
        }

        public var middle: Timestamp { start + (end - start) / 2 }
    }

    /// Values that the axis must hold: those that are not flagged, and only where there are none of these the others. A
    /// spike must not press what is right into a flat line.
    var scaledValues: [Double] {
        let right = points.filter { !$0.isFlagged }.flatMap { point in
            [point.value, point.extremes?.lowerBound, point.extremes?.upperBound].compactMap(\.self)
        }
        return right.isEmpty ? points.compactMap(\.value) : right
    }
}
