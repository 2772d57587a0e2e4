import Simulation
import Telemetry
import TestKit
import Testing

@Suite("Faults")
struct FaultTests {
    private static let clean = Street.of(air: 5).messages(hours: 12)

    private func air(_ change: (inout Faults) -> Void) -> [SimulatedMessage] {
        var street = Street.of(air: 5)
        change(&street.faults)
        return street.messages(hours: 12)
    }

    private func share(_ count: Int, of messages: [SimulatedMessage]) -> Double {
        Double(count) / Double(messages.count)
    }

    @Test("off, nothing is wrong")
    func off() {
        let messages = FaultTests.clean
        #expect(Set(messages).count == messages.count)
        #expect(messages.allSatisfy { $0.ageMilliseconds.map { (0...1000).contains($0) } ?? false })
    }

    @Test("spikes throw a value far off in their share of messages, and leave the rest as it was")
    func spikes() {
        let spiked = air { $0.spikes = 0.02 }
        #expect(spiked.map(\.topic) == FaultTests.clean.map(\.topic))
        let shifts = zip(spiked, FaultTests.clean).map { ($0.plain?.value ?? 0) - ($1.plain?.value ?? 0) }
        #expect((0.018...0.022).contains(share(shifts.count { $0 != 0 }, of: spiked)))
        #expect(shifts.allSatisfy { $0 == 0 || $0 > 30 })
    }

    @Test("stuck sensors repeat a value")
    func stuck() {
        let messages = air { $0.stuck = 0.2 }
        let changed = zip(messages, FaultTests.clean).count { $0.payload != $1.payload }
        // Now and then the true value happens to be the same.
        #expect((0.13...0.25).contains(share(changed, of: messages)))
        var runs: [String: (value: Double, length: Int, longest: Int)] = [:]
        for message in messages where message.quantity == "no2" {
            let value = message.plain?.value ?? .nan
            let run = runs[message.topic] ?? (value, 0, 0)
            let length = run.value == value ? run.length + 1 : 1
            runs[message.topic] = (value, length, max(run.longest, length))
        }
        #expect(runs.values.allSatisfy { $0.longest >= 10 })
    }

    @Test("resets set a counter's totals to 0", arguments: [0.0, 0.02])
    func resets(rate: Double) throws {
        var street = Street.of(traffic: 4)
        street.faults.resets = rate
        var last: [String: Double] = [:]
        var falls = 0
        var reports = 0
        for message in street.messages(hours: 24) where message.quantity == "vehicle_count" {
            let value = try #require(message.plain).value
            reports += 1
            if let before = last.updateValue(value, forKey: message.topic), value < before {
                falls += 1
                #expect(value < 100, "it begins at 0 and counts on")
            }
        }
        let share = Double(falls) / Double(reports)
        #expect(rate == 0 ? falls == 0 : (0.014...0.026).contains(share))
    }

    @Test("duplicates are the same message again, a little later")
    func duplicates() {
        let messages = air { $0.duplicates = 0.05 }
        var first: [[UInt8]: SimulatedMessage] = [:]
        var again = 0
        for message in messages {
            let key = Array(message.topic.utf8) + message.payload
            if let earlier = first[key] {
                again += 1
                #expect((50...2000).contains(message.published - earlier.published))
            }
            first[key] = message
        }
        #expect((0.045...0.055).contains(Double(again) / Double(messages.count - again)))
    }

    @Test("late messages come in one go, with their old times, and none is lost")
    func late() {
        let messages = air { $0.late = 0.2 }
        let late = messages.filter { ($0.ageMilliseconds ?? 0) > 4000 }
        #expect((0.13...0.27).contains(share(late.count, of: messages)))
        #expect(late.contains { ($0.ageMilliseconds ?? 0) > 120_000 }, "minutes, not seconds")
        let clean = Set(FaultTests.clean.map(\.payload))
        #expect(messages.allSatisfy { clean.contains($0.payload) })
        // What is still held at the end has not been published.
        #expect(messages.count > FaultTests.clean.count - 5 * 30 * 5)
        #expect(Set(messages.map { Array($0.topic.utf8) + $0.payload }).count == messages.count)
    }

    @Test("when all is late, it still comes")
    func alwaysLate() {
        #expect(share(air { $0.late = 1 }.count, of: FaultTests.clean) > 0.95)
    }

    @Test("broken payloads end in the middle")
    func broken() {
        let messages = air { $0.broken = 0.03 }
        let broken = zip(messages, FaultTests.clean).filter { $0.payload != $1.payload }
        #expect((0.025...0.035).contains(share(broken.count, of: messages)))
        for (message, whole) in broken {
            #expect(message.plain == nil)
            #expect(!message.payload.isEmpty)
            #expect(whole.payload.starts(with: message.payload))
        }
    }

    @Test("wrong clocks are in 1970 or a year ahead")
    func wrongClocks() {
        let messages = air { $0.wrongClocks = 0.04 }
        let times = messages.map { $0.plain?.ts ?? 0 }
        let ahead = zip(messages, times).count { $1 - $0.published.milliseconds > 360 * 86_400_000 }
        // Read as milliseconds or as seconds.
        let unset = times.count { $0 < 31_536_000 }
        #expect((0.015...0.025).contains(share(ahead, of: messages)))
        #expect((0.015...0.025).contains(share(unset, of: messages)))
    }

    @Test("bins: the gateways' clocks are wrong, the server's are not")
    func gatewayClocks() throws {
        var street = Street.of(bins: 2)
        street.faults.wrongClocks = 1
        for message in street.messages(hours: 6) {
            let uplink = try #require(message.uplink)
            let server = try #require(Timestamp(rfc3339: uplink.receivedAt))
            #expect(message.published - server < 1000)
            for reception in uplink.uplinkMessage.rxMetadata {
                let heard = try #require(reception.time.flatMap { Timestamp(rfc3339: $0) })
                #expect(abs(server - heard) > 86_400_000)
            }
        }
    }
}
