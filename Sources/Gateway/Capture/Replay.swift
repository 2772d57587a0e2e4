public import GatewayConfiguration
import Decoding
import Processing
import Storage
public import Telemetry

/// Runs captured messages through the same decoder, gate, ring, core and storage as the daemon, without a broker.
///
/// The clock is the messages' time of receipt, so that the same capture always gives the same output. One thread.
public final class Replay {
    private let gate: IntakeGate
    private var consumer: Ring<IntakeItem>.Consumer
    private let core: Core
    private let printer: ReplayPrinter
    private var clock = Timestamp.distantPast

    /// - Parameter output: gets each line of output, without its line break, as soon as it is known.
    public init(configuration: Configuration, output: @escaping (String) -> Void) throws {
        let wiring = Wiring(configuration)
        var settings = wiring.coreSettings
        settings.lateWindowsInOneGo = .max
        printer = ReplayPrinter(output: output)
        core = try Core(
            store: Store(path: ":memory:"), settings: settings, series: SeriesTable(),
            sources: wiring.sourceNames, now: .distantPast)
        core.observer = printer
        let ends = Ring<IntakeItem>.make(capacity: wiring.ringCapacity)
        consumer = ends.consumer
        gate = IntakeGate(
            decoder: Decoder(configuration.decoderOptions), timeGate: wiring.timeGate,
            producer: HandOver(ends.producer),
            state: IntakeState(), wakeUp: WakeUp(), replacement: IntakeReplacement())
    }

    /// Takes one message as if it had just come.
    public func take(_ message: CapturedMessage) throws {
        advance(to: message.received)
        try tick()
        message.topic.withUnsafeBytes { topic in
            message.payload.withUnsafeBytes { payload in
                gate.accept(topic: topic, payload: payload, packetID: 0, received: message.received)
            }
        }
        gate.publishBurst()
        while let item = consumer.pop() { try core.take(item) }
    }

    /// Closes every window and prints the aggregates, ordered by device, quantity, tier and time.
    public func finish() throws {
        // A day is 25 hours at most, and a reading at most so far ahead of its message.
        advance(to: clock + 3 * 86_400_000)
        repeat {
            advance(to: clock + core.settings.lateDelayMilliseconds + 1000)
        } while try core.closeWindows()
        try core.commit()
        let reader = core.store.reader
        for series in try reader.series() {
            try printAggregates(of: series, reader: reader)
        }
    }

    /// What became of the messages.
    public func ledger() throws -> [SourceLedger] { try core.store.ledger() }

    private func advance(to time: Timestamp) {
        clock = max(clock, time)
        core.tell(now: clock)
    }

    private var lastTick: Timestamp = .distantPast

    /// Once a second of the capture's time, as the daemon does.
    private func tick() throws {
        guard clock - lastTick >= 1000 else { return }
        lastTick = clock
        try core.closeWindows()
        try core.commit()
    }

    private func printAggregates(of series: StoreReader.SeriesRow, reader: StoreReader) throws {
        for tier in Tier.allCases {
            try reader.aggregates(tier, in: .distantPast..<(.distantFuture), series: series.id) { stored in
                printer.output(
                    JSONLine.aggregate(
                        device: series.device, quantity: series.quantity, unit: series.unit,
                        aggregate: stored.aggregate, revision: stored.revision
                    ).finished)
                return true
            }
        }
    }
}

/// Prints what the core does with each reading.
private final class ReplayPrinter: CoreObserver {
    let output: (String) -> Void

    init(output: @escaping (String) -> Void) {
        self.output = output
    }

    func stored(_ reading: Reading, of series: Series) {
        output(
            JSONLine.reading(
                device: series.device, quantity: series.quantity.name, unit: series.quantity.unit, time: reading.time,
                value: reading.value, flag: reading.flag, tests: reading.tests
            ).finished)
    }

    func rejected(_ message: QuarantinedMessage) {
        output(JSONLine.rejection(message).finished)
    }
}
