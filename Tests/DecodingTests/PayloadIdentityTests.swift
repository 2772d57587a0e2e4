import Decoding
import TestKit
import Testing

@Suite("PayloadIdentity")
struct PayloadIdentityTests {
    private func hash(_ topic: String, _ payload: String) -> UInt64 {
        Array(topic.utf8).withUnsafeBytes { topic in
            Array(payload.utf8).withUnsafeBytes { PayloadIdentity.hash(topic: topic, payload: $0) }
        }
    }

    /// The identity is stored in databases, so that a redelivery is recognised by another process, and after an update.
    @Test(
        "has the values that earlier versions stored",
        arguments: [
            ("", "", 0x7b1f7935ec64121a),
            ("a", "b", 0xc2a583deb9902af5),
            ("sensors/air/aq-1/pm2_5", "{\"value\":11.8,\"ts\":1764000000}", 0x60e3760de1d64049),
            ("x", "12345678", 0xa01ccab2f1fe2fe1),
            ("v3/app1@tenant/devices/dev1/up", "123456789", 0xb34a7cdcb1513562),
        ] as [(String, String, UInt64)])
    func stable(topic: String, payload: String, expected: UInt64) {
        #expect(hash(topic, payload) == expected)
        let short = Array(topic.utf8).withUnsafeBytes { topic in
            Array(payload.utf8).withUnsafeBytes { PayloadIdentity.short(topic: topic, payload: $0) }
        }
        #expect(short == UInt32(expected >> 32))
    }

    @Test("tells topic from payload, and zero bytes from none")
    func boundaries() {
        let hashes = [
            hash("ab", "c"), hash("a", "bc"), hash("", "abc"), hash("abc", ""), hash("abc", "\u{0}"),
            hash("abc", "\u{0}\u{0}"),
            hash("", ""), hash("", "\u{0}"), hash("\u{0}", ""), hash("", String(repeating: "\u{0}", count: 8)),
            hash("", String(repeating: "\u{0}", count: 16)), hash(String(repeating: "\u{0}", count: 8), ""),
        ]
        #expect(Set(hashes).count == hashes.count)
    }

    @Test("spreads messages that differ little over all its bits")
    func spread() {
        let count = 20_000
        var shorts: Set<UInt32> = []
        var ones = [Int](repeating: 0, count: 64)
        for number in 0..<count {
            let value = hash("sensors/air/aq-0001/pm2_5", "{\"value\":\(number)}")
            shorts.insert(UInt32(value >> 32))
            for bit in 0..<64 where value >> UInt64(bit) & 1 == 1 { ones[bit] += 1 }
        }
        // 2 × 10^4 out of 2^32: 0.05 collisions are expected.
        #expect(shorts.count >= count - 3)
        // Six standard deviations of a fair coin: 70 each.
        #expect(ones.allSatisfy { abs($0 - count / 2) < 6 * 71 }, "\(ones)")
    }

    @Test("changes half of its bits when one bit of the message changes", arguments: 0..<4)
    func avalanche(round: UInt64) {
        var random = SeededGenerator(seed: 0xA7A1 + round)
        var changed = 0
        let rounds = 500
        for _ in 0..<rounds {
            var payload = (0..<Int.random(in: 1...100, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let topic = [UInt8](repeating: 0x61, count: 5)
            let before = topic.withUnsafeBytes { topic in
                payload.withUnsafeBytes { PayloadIdentity.hash(topic: topic, payload: $0) }
            }
            payload[Int.random(in: payload.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let after = topic.withUnsafeBytes { topic in
                payload.withUnsafeBytes { PayloadIdentity.hash(topic: topic, payload: $0) }
            }
            #expect(before != after)
            changed += (before ^ after).nonzeroBitCount
        }
        #expect((28.0...36.0).contains(Double(changed) / Double(rounds)), "\(changed)")
    }
}
