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

    @Test("stuck sensors repeat a value for hours")
    func stuck() {
        var street = Street.of(air: 5)
        street.intervals[.air] = 300_000
        let clean = street.messages(hours: 14 * 24)
        street.faults.stuck = 0.2
        let messages = street.messages(hours: 14 * 24)
        let changed = zip(messages, clean).count { $0.payload != $1.payload }
        // One of five values at a time.
        #expect((0.02...0.06).contains(share(changed, of: messages)))
        var runs: [String: (value: Double, length: Int, longest: Int)] = [:]
        for message in messages {
            let value = message.plain?.value ?? .nan
            let run = runs[message.topic] ?? (value, 0, 0)
            let length = run.value == value ? run.length + 1 : 1
            runs[message.topic] = (value, length, max(run.longest, length))
        }
        let longest = runs.values.map(\.longest).filter { $0 > 100 }
        #expect(longest.count >= 5)
        #expect(
            longest.allSatisfy { (168...372).contains($0) }, "14 to 30 hours, and a few that are the same by chance")
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
        let messages = air {
            $0.clocksAhead = 0.02
            $0.clocksBehind = 0.02
        }
        let times = messages.map { $0.plain?.ts ?? 0 }
        let ahead = zip(messages, times).count { $1 - $0.published.milliseconds > 360 * 86_400_000 }
        // Read as milliseconds or as seconds.
        let unset = times.count { $0 < 31_536_000 }
        #expect((0.015...0.025).contains(share(ahead, of: messages)))
        #expect((0.015...0.025).contains(share(unset, of: messages)))
    }

    @Test("values that are missing are null, those out of range what a sensor without a wire says")
    func lostValues() {
        let missing = air { $0.missing = 0.02 }.count { String(decoding: $0.payload, as: UTF8.self).contains(":null") }
        #expect((0.018...0.022).contains(share(missing, of: FaultTests.clean)))
        let wild = air { $0.outOfRange = 0.02 }.count { [6553.5, -127, 255].contains($0.plain?.value) }
        #expect((0.018...0.022).contains(share(wild, of: FaultTests.clean)))
    }

    @Test("narrow counters go on from 0 behind 65 535")
    func narrowCounters() {
        var street = Street.of(traffic: 4)
        street.intervals[.traffic] = 600_000
        street.faults.narrowCounters = 1
        let counts = street.messages(hours: 7 * 24).filter { $0.quantity == "vehicle_count" }.compactMap(\.plain)
        #expect(counts.allSatisfy { (0...65_535).contains($0.value) })
    }

    @Test("lists each fault that it injects, and nothing else")
    func list() throws {
        var street = Street.of(air: 3, traffic: 2, bins: 1)
        street.intervals = [.air: 300_000, .traffic: 300_000, .bin: 900_000]
        let clean = street.messages(hours: 96)
        street.faults.spikes = 0.01
        street.faults.stuck = 0.1
        street.faults.drift = 0.1
        var messages = street.messages(from: Street.monday, to: Street.monday + 96 * 3_600_000)
        messages.listsFaults = true
        let spoiled = Array(IteratorSequence(messages))
        while messages.next() != nil {}
        let faults = messages.takeFaults() + messages.ongoingFaults
        #expect(Set(faults.map(\.kind)) == [.spike, .stuck, .drift])
        #expect(messages.takeFaults().isEmpty)
        func isListed(_ message: SimulatedMessage) -> Bool {
            faults.contains { fault in
                message.topic.contains(fault.device)
                    && (message.kind == .bin || fault.quantities.contains(String(message.quantity)))
                    && fault.start <= message.published && message.published - 1000 <= fault.end ?? .distantFuture
            }
        }
        let pairs = zip(spoiled, clean)
        #expect(spoiled.count == clean.count)
        let unlisted = pairs.filter { $0.payload != $1.payload && !isListed($0) }
        #expect(unlisted.isEmpty, "\(unlisted.count) changed without a word")
        // Each spike has changed one message.
        let changed = Set(pairs.filter { $0.payload != $1.payload }.compactMap { $0.0.plain?.ts })
        #expect(
            faults.filter { $0.kind == .spike && !$0.device.hasPrefix("bin") }
                .allSatisfy { changed.contains($0.start.milliseconds) })
        let line = try #require(faults.first { $0.kind == .stuck }).line.finished
        #expect(line.contains(#""fault":"stuck","start":"2026-11-2"#))
        #expect(line.hasSuffix(#""found_by":"flat_line"}"#))
    }

    @Test("bins: the gateways' clocks are wrong, the server's are not")
    func gatewayClocks() throws {
        var street = Street.of(bins: 2)
        street.faults.clocksAhead = 0.5
        street.faults.clocksBehind = 1
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
