public import Telemetry

/// What a new reading's tests say, and what they say anew of those before it.
public struct Judgement: Hashable, Sendable {
    /// Of the new reading. Its spike flag is provisional: 2, until the next one comes.
    public var tests: QualityTests
    /// Of the reading before it, whose spike flag is final now.
    public var previous: Revision?
    /// Of the series' first reading when this is its third: from then on the flat-line test is run.
    public var first: Revision?

    /// Tests of an earlier reading that were judged anew; all others keep their flags.
    public struct Revision: Hashable, Sendable {
        public var time: Timestamp
        public var tests: QualityTests

        public init(time: Timestamp, tests: QualityTests) {
            self.time = time
            self.tests = tests
        }
    }

    public init(tests: QualityTests, previous: Revision? = nil, first: Revision? = nil) {
        self.tests = tests
        self.previous = previous
        self.first = first
    }
}
