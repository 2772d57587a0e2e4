import Decoding
import Ingest
import Processing
import Telemetry
import Testing

@testable import Gateway

/// What comes out of the ring for what came from the broker.
@Suite("IntakeGate")
struct IntakeGateTests {
    private let now = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    /// A gate with the reading end of its ring.
    private final class Bench {
        let gate: IntakeGate
        let replacement = IntakeReplacement()
        private var consumer: Ring<IntakeItem>.Consumer

        init() {
            let ends = Ring<IntakeItem>.make(capacity: 64)
            consumer = ends.consumer
            var options = Bench.options(sources: ["air"])
            options.sources.append(Source(name: "pack", topic: TopicTemplate("pack/{device}")!, format: .senML))
            gate = IntakeGate(
                decoder: Decoder(options),
                timeGate: TimeGate(aheadToleranceMilliseconds: 60_000, retentionMilliseconds: 86_400_000),
                producer: HandOver(ends.producer), state: IntakeState(), wakeUp: WakeUp(), replacement: replacement)
        }

        static func options(sources: [String]) -> DecoderOptions {
            DecoderOptions(
                sources: sources.map { name in
                    Source(
                        name: name, topic: TopicTemplate("\(name)/{device}/{quantity}")!,
                        format: .json,
                        paths: PayloadPaths(value: JSONPath("v"), time: JSONPath("t")))
                })
        }

        func pop() -> IntakeItem? { consumer.pop() }

        func accept(_ topic: String, _ payload: [UInt8], packetID: UInt16 = 1, received: Timestamp) {
            var topic = topic
            topic.withUTF8 { topic in
                payload.withUnsafeBytes {
                    gate.accept(
                        topic: UnsafeRawBufferPointer(topic), payload: $0, packetID: packetID, received: received)
                }
            }
            gate.publishBurst()
        }

        /// Each item in a word or two.
        func items() -> [String] {
            var words: [String] = []
            while let item = pop() {
                switch consume item {
                case .connectionOpened(let isResumed): words.append(isResumed ? "resumed" : "opened")
                case .series(let series): words.append("series \(series.value.number) \(series.value.device)")
                case .message(let header):
                    words.append("message of \(header.source)" + (header.needsIdentity ? " to be recognised" : ""))
                case .reading(let reading): words.append("reading of \(reading.series)")
                case .quarantined(let copy): words.append(copy.value.rejection.reason.rawValue)
                case .commit(let number): words.append("commit \(number)")
                case .replayed(let request): words.append("replayed \(request)")
                case .subscriptions(let filters): words.append("subscribed \(filters.value)")
                case .sources(let names): words.append("sources \(names.value)")
                }
            }
            return words
        }
    }

    @Test("a series goes before its message, a message before its readings, and a request after them")
    func order() {
        let bench = Bench()
        bench.accept("air/d/pm10", Array(#"{"v":1,"t":\#(now.milliseconds)}"#.utf8), received: now)
        #expect(bench.gate.requestCommit() == 1)
        bench.accept("air/d/pm10", Array(#"{"v":2}"#.utf8), received: now)
        #expect(
            bench.items() == [
                "series 0 d", "message of 0", "reading of 0", "commit 1", "message of 0 to be recognised",
                "reading of 0",
            ])
    }

    @Test("a rejected payload is passed on verbatim, also where it is not text")
    func verbatim() throws {
        let bench = Bench()
        let bytes: [UInt8] = [0x7B, 0xFF, 0x00, 0xC3, 0x28]
        bench.accept("air/d/pm10", bytes, received: now)
        guard case .message(let header) = bench.pop(), case .quarantined(let copy) = bench.pop() else {
            Issue.record("no copy")
            return
        }
        #expect(header.isQuarantined && header.needsIdentity && header.readingCount == 0)
        #expect(copy.value.payload == bytes)
        #expect(copy.value.topic == Array("air/d/pm10".utf8))
        #expect(copy.value.source == "air")
    }

    @Test("readings with an impossible time are held back", arguments: [61_000, -86_401_000])
    func wrongTimes(offset: Int64) {
        let bench = Bench()
        bench.accept("air/d/pm10", Array(#"{"v":1,"t":\#((now + offset).milliseconds)}"#.utf8), received: now)
        #expect(
            bench.items() == [
                "series 0 d", "message of 0 to be recognised", offset > 0 ? "clock_ahead" : "beyond_retention",
            ])
    }

    @Test("so are those that a sensor gives relative to now", arguments: [1_000_000, -1_000_000])
    func wrongRelativeTimes(seconds: Int) {
        let bench = Bench()
        bench.accept("pack/d", Array(#"[{"n":"temperature","v":1,"t":\#(seconds)}]"#.utf8), received: now)
        #expect(
            bench.items() == [
                "series 0 d", "message of 1 to be recognised", seconds > 0 ? "clock_ahead" : "beyond_retention",
            ])
    }

    @Test("a new configuration's sources are announced before its first message, and its series go on counting")
    func reload() {
        let bench = Bench()
        bench.accept("air/d/pm10", Array(#"{"v":1}"#.utf8), received: now)
        _ = bench.items()
        bench.replacement.put(
            .init(
                decoder: Bench.options(sources: ["bins", "air"]),
                timeGate: TimeGate(aheadToleranceMilliseconds: 0, retentionMilliseconds: nil)))
        bench.gate.connectionOpened(isResumed: true)
        bench.accept("air/d/pm10", Array(#"{"v":1}"#.utf8), received: now)
        #expect(
            bench.items() == [
                "sources [\"bins\", \"air\"]", "resumed", "series 1 d", "message of 1 to be recognised",
                "reading of 1",
            ])
    }
}
