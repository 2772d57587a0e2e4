/// A character of a chart, and what it stands for, so that it can be coloured.
public struct ChartCell: Hashable, Sendable {
    public var character: Character
    public var tone: Tone

    public init(_ character: Character, _ tone: Tone) {
        self.character = character
        self.tone = tone
    }

    public enum Tone: Hashable, Sendable {
        case blank
        /// Axes and what stands at them.
        case frame
        /// What was measured: readings, means, bars.
        case drawn
        /// What lies between a window's extremes.
        case spread
        case suspect
        case fail
        /// A window of which too little is there to be valid.
        case invalid
    }

    static let blank = ChartCell(" ", .blank)
}
