import CAllocations
import CSimdjson
import Decoding
import Telemetry

/// A message that one decoder decodes over and over.
struct DecodingCase {
    let name: String
    let topic: [UInt8]
    let payload: [UInt8]
    let options: DecoderOptions

    struct Result {
        var readings: Int
        var nanoseconds: Double
        /// Of memory, for each message.
        var allocations: Double
    }

    /// Whether all of it can be read, the first time that it comes.
    var isWhollyGood: Bool {
        var message = DecodedMessage()
        topic.withUnsafeBytes { topic in
            payload.withUnsafeBytes { payload in
                Decoder(options).decode(topic: topic, payload: payload, received: .now(), into: &message)
            }
        }
        return !message.readings.isEmpty && message.rejections.isEmpty
    }

    /// The median of several rounds, after a warm-up in which everything finds its place.
    func measure(rounds: Int, messages: Int) -> Result {
        let decoder = Decoder(options)
        var message = DecodedMessage()
        let received = Timestamp.now()
        func decode() {
            message.removeAll()
            topic.withUnsafeBytes { topic in
                payload.withUnsafeBytes { payload in
                    decoder.decode(topic: topic, payload: payload, received: received, into: &message)
                }
            }
        }
        for _ in 0..<messages / 10 { decode() }
        var times: [Double] = []
        var allocations: UInt = 0
        for _ in 0..<rounds {
            let before = poort_allocation_count()
            let began = ContinuousClock.now
            for _ in 0..<messages { decode() }
            times.append((ContinuousClock.now - began).nanoseconds / Double(messages))
            allocations = poort_allocation_count() - before
        }
        return Result(
            readings: message.readings.count, nanoseconds: times.sorted()[rounds / 2],
            allocations: Double(allocations) / Double(messages))
    }

    /// What simdjson needs to parse the payload, and nothing else; nil for what is no JSON.
    func measureParsing(rounds: Int, messages: Int) -> Double? {
        guard let parser = poort_json_parser_create(1 << 20, 32) else { return nil }
        defer { poort_json_parser_destroy(parser) }
        var root = poort_json_value()
        func parse() -> Bool {
            payload.withUnsafeBytes { poort_json_parse(parser, $0.baseAddress, $0.count, &root) == POORT_JSON_OK }
        }
        guard parse() else { return nil }
        var times: [Double] = []
        for _ in 0..<rounds {
            let began = ContinuousClock.now
            for _ in 0..<messages { _ = parse() }
            times.append((ContinuousClock.now - began).nanoseconds / Double(messages))
        }
        return times.sorted()[rounds / 2]
    }
}

extension Duration {
    fileprivate var nanoseconds: Double {
        Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9
    }
}
