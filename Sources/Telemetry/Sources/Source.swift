/// A kind of message: where it comes and how it is read.
public struct Source: Sendable, Hashable {
    /// As in the ledger.
    public var name: String
    public var topic: TopicTemplate
    public var format: PayloadFormat
    public var paths = PayloadPaths()
    /// Where values stand, by quantity. With none of them a format takes every value whose name it knows.
    public var values: [NamedPath]
    /// The unit in which a quantity arrives, where the payload does not say.
    public var units: [String: String]
    /// Numbers that stand for "no data", as they arrive.
    public var missing: [Double]
    /// What a time means that has no offset from UTC.
    public var timeWithoutOffset: TimeWithoutOffset
    /// Whether signal strength and signal-to-noise ratio of the best gateway are readings too, for LoRaWAN.
    public var includesRadio: Bool
    /// The expected time between a series' readings, for devices that say nothing else.
    public var intervalMilliseconds: Int64?
    /// How long after its end a window waits for these readings, where that is longer than for all.
    public var latenessMilliseconds: Int64?

    public init(
        name: String? = nil, topic: TopicTemplate, format: PayloadFormat, paths: PayloadPaths = PayloadPaths(),
        values: [NamedPath] = [], units: [String: String] = [:], missing: [Double] = [],
        timeWithoutOffset: TimeWithoutOffset = .refused, includesRadio: Bool = false,
        intervalMilliseconds: Int64? = nil
    ) {
        self.name = name ?? topic.text
        self.topic = topic
        self.format = format
        self.paths = paths
        self.values = values
        self.units = units
        self.missing = missing
        self.timeWithoutOffset = timeWithoutOffset
        self.includesRadio = includesRadio
        self.intervalMilliseconds = intervalMilliseconds
    }
}
