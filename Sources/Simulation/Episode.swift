/// Something that begins by chance and then lasts for a number of turns.
struct Episode: Sendable {
    private let beginning: Double
    private let lengths: ClosedRange<Int>
    private var left = 0

    /// - Parameter share: of all turns that lie in an episode, in the long run.
    init(share: Double, lengths: ClosedRange<Int>) {
        let mean = Double(lengths.lowerBound + lengths.upperBound) / 2
        // From share = mean / (mean + turns outside), of which (1 - beginning) / beginning are to be expected.
        beginning = share / (mean * (1 - share) + share)
        self.lengths = lengths
    }

    enum Turn {
        case outside
        case inside
        /// Inside, for the last time.
        case last
    }

    mutating func takeTurn(_ random: inout RandomSource) -> Turn {
        if left == 0 {
            guard random.chance(beginning) else { return .outside }
            left = random.whole(lengths)
        }
        left -= 1
        return left == 0 ? .last : .inside
    }
}
