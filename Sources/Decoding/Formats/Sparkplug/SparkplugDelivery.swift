import Telemetry

/// A birth or data of one publisher while its metrics are read, and what is wrong with some of them.
struct SparkplugDelivery {
    let device: DeviceName
    let isBirth: Bool
    let payload: SparkplugPayload
    /// Nil when no more publishers are remembered, and for a birth that is outdated.
    let publisher: SparkplugPublisher?
    /// A birth out of quarantine, after which its publisher was born anew.
    let isOutdated: Bool
    let context: MessageContext
    /// The sender does not want some of it kept.
    var isTransient = false
    var malformed = RepeatedRejection(.undecodable)
    var unborn = RepeatedRejection(.undecodable)
    var undated = RepeatedRejection(.badTime)
    var forgotten = RepeatedRejection(.seriesLimit)

    init(
        device: DeviceName, isBirth: Bool, payload: SparkplugPayload, publisher: SparkplugPublisher?,
        isOutdated: Bool, context: MessageContext
    ) {
        self.device = device
        self.isBirth = isBirth
        self.payload = payload
        self.publisher = publisher
        self.isOutdated = isOutdated
        self.context = context
    }

    /// By the metric's own time, else the payload's, else by receipt. What is historical was not measured when it was
    /// sent.
    mutating func report(of metric: SparkplugMetric) -> Report? {
        guard let milliseconds = metric.timestamp ?? (metric.isHistorical ? nil : payload.timestamp) else {
            if !metric.isHistorical { return report(.receipt(context.received)) }
            undated.note("a historical metric has no time of its own")
            return nil
        }
        // Some senders count in seconds all the same.
        guard let time = Int64(exactly: milliseconds).flatMap(PayloadTime.time(whole:)).flatMap(PayloadTime.sane) else {
            undated.note("\(milliseconds) is no time in milliseconds since 1970")
            return nil
        }
        return report(.device(time))
    }

    private func report(_ time: ReadingTime) -> Report { Report(device: device, time: time, context: context) }

    /// Says what was wrong, and lets go what holds no readings by design.
    func close(_ writer: ReadingWriter) {
        malformed.report(to: writer)
        unborn.report(to: writer)
        undated.report(to: writer)
        forgotten.report(to: writer)
        guard writer.message.readings.isEmpty, writer.message.rejections.isEmpty, !writer.hasMissing else { return }
        if isTransient {
            writer.reject(.ignoredTopic, "its metrics are transient: not to be kept")
        } else if isBirth {
            writer.reject(.ignoredTopic, "a birth without readings")
        }
    }
}
