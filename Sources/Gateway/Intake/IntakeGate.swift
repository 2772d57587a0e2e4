import Glibc
import Decoding
import Ingest
import Privacy
import Processing
import Storage
import Synchronization
import Telemetry
import Threading

/// The broker thread's end of the ring: decodes each message, holds back readings with an impossible time, and passes
/// the rest on.
///
/// All of ``IntakeLine`` is called by the broker thread, which alone uses the decoder and the ring's writing end.
final class IntakeGate: IntakeLine {
    private var decoder: Decoder
    /// Made when something is put aside first.
    private lazy var mask = decoder.options.personalDataMask
    private var timeGate: TimeGate
    private var producer: Ring<IntakeItem>.Producer
    private var message = DecodedMessage()
    private var requested: UInt64 = 0
    private var unpublished = 0
    private let clock: GatewayClock
    private var stamp: ReceiptStamp
    private let state: IntakeState
    private let wakeUp: WakeUp
    private let replacement: IntakeReplacement
    private let desk: QuarantineDesk
    /// What rejected messages on their way to the quarantine may hold together.
    private let budget = ByteBudget(limit: 8 << 20)

    /// Messages; enough of them that the core is seldom woken for little.
    private static let publishedTogether = 256

    init(
        decoder: Decoder, timeGate: TimeGate, producer: HandOver<Ring<IntakeItem>.Producer>, state: IntakeState,
        wakeUp: WakeUp, replacement: IntakeReplacement, desk: QuarantineDesk = QuarantineDesk(),
        clock: GatewayClock = GatewayClock(isTrusted: true)
    ) {
        self.decoder = decoder
        self.timeGate = timeGate
        self.producer = producer.take()
        self.state = state
        self.wakeUp = wakeUp
        self.replacement = replacement
        self.desk = desk
        self.clock = clock
        stamp = ReceiptStamp(clock)
    }

    var status: IntakeStatus { state.status }
    var signal: Signal { state.signal }

    func connectionOpened(isResumed: Bool) {
        adoptReplacement()
        push(.connectionOpened(isResumed: isResumed))
        publishBurst()
    }

    func subscribed(to filters: [String]) {
        push(.subscriptions(Boxed(filters)))
        publishBurst()
    }

    func accept(topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, packetID: UInt16, isRetained: Bool) {
        adoptReplacement()
        // The clock is asked once for what is published together, which is a millisecond or two of messages.
        if unpublished == 0 { stamp.renew() }
        accept(
            topic: topic, payload: payload, packetID: packetID, received: stamp.received, isUndated: stamp.isUndated)
        unpublished += 1
        // The core works on the beginning of a burst while the rest of it is read.
        if unpublished >= IntakeGate.publishedTogether { publishBurst() }
    }

    func acceptWaiting() {
        guard let (request, held) = desk.takeMessages() else { return }
        adoptReplacement()
        let now = clock.now
        for message in held {
            message.message.topic.withUnsafeBytes { topic in
                message.message.payload.withUnsafeBytes { payload in
                    accept(
                        topic: topic, payload: payload, packetID: 0, received: message.message.received, now: now,
                        row: message.id, boot: message.message.boot)
                }
            }
        }
        push(.replayed(request))
        publishBurst()
    }

    func publishBurst() {
        unpublished = 0
        producer.publish()
        wakeUp.wake()
    }

    func windowIs(_ messages: Int) { state.window.store(messages, ordering: .relaxed) }

    func requestCommit() -> UInt64 {
        requested += 1
        push(.commit(requested))
        publishBurst()
        return requested
    }

    /// Takes a message as if it had come at a given time.
    /// - Parameters:
    ///   - now: where it was in quarantine since then.
    ///   - row: the row of the quarantine from which it comes.
    ///   - boot: where that tells only how long after a boot it came, whose time is not known.
    ///   - isUndated: whether `received` is milliseconds since this boot, since the clock is not trusted.
    func accept(
        topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, packetID: UInt16, received: Timestamp,
        now: Timestamp? = nil, row: Int64? = nil, boot: Int64? = nil, isUndated: Bool = false
    ) {
        while budget.isExhausted { letCoreWork() }
        message.removeAll()
        let came = boot == nil ? received : now ?? received
        decoder.decode(topic: topic, payload: payload, received: came, isReplayed: row != nil, into: &message)
        if boot != nil { holdBackUndated() }
        // What comes under a wrong clock is judged once it is right.
        if !isUndated { holdBackWrongTimes(received: came, now: now ?? received) }
        for series in message.newSeries { push(.series(Boxed(series))) }
        let source = message.source.map(Int16.init) ?? -1
        let copy = rejectedCopy(topic: topic, payload: payload, received: received, boot: boot)
        let rejectedByRule = message.rejections.first.flatMap { $0.reason.disposition == .rejected ? $0.reason : nil }
        let isQuarantined = copy != nil
        let needsIdentity = packetID != 0 && (isQuarantined || !message.carriesOwnTime)
        push(
            .message(
                MessageHeader(
                    received: came, source: source, packetID: packetID,
                    identity: packetID != 0 ? PayloadIdentity.short(topic: topic, payload: payload) : 0,
                    readingCount: UInt16(message.readings.count),
                    droppedCount: isQuarantined ? 0 : UInt16(clamping: personalCount), isQuarantined: isQuarantined,
                    needsIdentity: needsIdentity,
                    rejected: message.readings.isEmpty && !isQuarantined ? rejectedByRule ?? .ignoredTopic : nil,
                    origin: row.map(MessageHeader.Origin.quarantine) ?? .broker(uplink: message.networkIdentity),
                    isUndated: isUndated)))
        for reading in message.readings { push(.reading(reading)) }
        if let copy {
            push(.quarantined(Boxed(copy, bytes: copy.payload.count + copy.topic.count, of: budget)))
        }
    }

    /// Moves readings whose time cannot be right to the rejections: also times that are relative to the receipt, and
    /// times of receipt that are past retention when a message leaves the quarantine.
    private func holdBackWrongTimes(received: Timestamp, now: Timestamp) {
        let floor = state.rawFloor
        var index = 0
        while index < message.readings.count {
            let time = message.readings[index].time
            if let rejection = timeGate.rejection(of: time, received: received, now: now, floor: floor) {
                message.readings.remove(at: index)
                message.rejections.append(rejection)
            } else {
                index += 1
            }
        }
    }

    /// Moves readings without a time of their own to the rejections, since nobody knows when their message came.
    private func holdBackUndated() {
        let undated = message.readings.count { $0.timeOrigin == .receipt }
        guard undated > 0 else { return }
        message.readings.removeAll { $0.timeOrigin == .receipt }
        message.rejections.append(
            Rejection(
                .undated, detail: "it came in a boot that ended before the clock was right, and has no time of its own",
                readingCount: undated))
    }

    /// How many readings were let go since their names are personal.
    private var personalCount: Int {
        message.rejections.reduce(0) { $0 + ($1.reason == .personalData ? $1.readingCount : 0) }
    }

    /// The message, with what is personal in it masked, if any of it has to be kept aside.
    private func rejectedCopy(
        topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, received: Timestamp, boot: Int64?
    ) -> QuarantinedMessage? {
        guard let first = message.rejections.first(where: { $0.reason.disposition == .quarantined }) else { return nil }
        let details = message.rejections.prefix(5).map(\.detail).joined(separator: "; ")
        let count = message.rejections.reduce(0) { $0 + $1.readingCount }
        var copy = QuarantinedMessage(
            received: received, boot: boot, source: message.source.map { decoder.options.sources[$0].name } ?? "",
            topic: Array(topic), payload: Array(payload),
            rejection: Rejection(first.reason, detail: details, readingCount: count))
        copy.mask(by: mask)
        return copy
    }

    /// A new configuration counts from the next message on.
    func adoptReplacement() {
        guard let new = replacement.take() else { return }
        let made = Decoder(new.decoder, firstSeries: decoder.nextSeries, takenSeries: decoder.takenSeries)
        made.takeOver(from: decoder)
        decoder = made
        mask = new.decoder.personalDataMask
        timeGate = new.timeGate
        push(.sources(Boxed(new.decoder.sources.map(\.name))))
    }

    /// Waits while the ring is full: the broker is not read meanwhile, and holds the rest back.
    private func push(_ item: consuming IntakeItem) {
        while !producer.hasRoom() { letCoreWork() }
        producer.push(item)
    }

    private func letCoreWork() {
        publishBurst()
        usleep(500)
    }
}
