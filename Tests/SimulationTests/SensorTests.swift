import Simulation
import Telemetry
import TestKit
import Testing

@Suite("Simulated sensors")
struct SensorTests {
    /// One quantity by hour of the day, over all days and devices.
    private func byHour(_ messages: [SimulatedMessage], _ quantity: String) -> [Int: [Double]] {
        messages.filter { $0.quantity == quantity }.reduce(into: [:]) { hours, message in
            guard let value = message.plain else { return }
            hours[Int(value.ts / 3_600_000 % 24), default: []].append(value.value)
        }
    }

    @Test("air: NO2 has rush hours, wood smoke comes in the evening, dry air in the afternoon", arguments: [1, 2, 3])
    func airOverTheDay(seed: UInt64) throws {
        var street = Street.of(air: 4, seed: seed)
        street.intervals[.air] = 120_000
        // Working days, so that the weather's whims fall away against the habits.
        let messages = street.messages(hours: 5 * 24)
        let no2 = byHour(messages, "no2").mapValues(\.mean)
        let particles = byHour(messages, "pm2_5").mapValues(\.mean)
        let temperature = byHour(messages, "temperature").mapValues(\.mean)
        let humidity = byHour(messages, "humidity").mapValues(\.mean)
        #expect(try #require(no2[8]) > 1.7 * #require(no2[3]))
        #expect(try #require(no2[17]) > 1.7 * #require(no2[3]))
        #expect(try #require(particles[20]) > 1.3 * #require(particles[3]))
        #expect(try #require(temperature[15]) > 1.5 + #require(temperature[3]))
        #expect(try #require(humidity[15]) < #require(humidity[3]) - 5)
    }

    @Test("air: PM10 is never below PM2.5 of the same moment, and both move together")
    func particles() throws {
        let messages = Street.of(air: 2).messages(hours: 24)
        var fine: [String: Double] = [:]
        var pairs: [(Double, Double)] = []
        for message in messages where message.quantity == "pm2_5" {
            let value = try #require(message.plain)
            fine["\(message.topic.split(separator: "/")[2])@\(value.ts)"] = value.value
        }
        for message in messages where message.quantity == "pm10" {
            let value = try #require(message.plain)
            let smaller = try #require(fine["\(message.topic.split(separator: "/")[2])@\(value.ts)"])
            pairs.append((smaller, value.value))
        }
        #expect(pairs.count == 2 * 8640)
        #expect(pairs.allSatisfy { $1 >= $0 })
        #expect(correlation(pairs) > 0.7)
    }

    @Test("air: values are printed as sensors do and stay close to the one before")
    func smoothness() throws {
        let values = try Street.of(air: 1).messages(hours: 6).filter { $0.quantity == "temperature" }
            .map { try #require($0.plain).value }
        #expect(values.allSatisfy { ($0 * 10).rounded() / 10 == $0 })
        #expect(zip(values, values.dropFirst()).allSatisfy { abs($0 - $1) < 0.5 })
        #expect(Set(values).count > 10)
    }

    @Test("traffic: counters never fall, heavy ones are part of all, and rush hours are many times the night")
    func traffic() throws {
        let messages = Street.of(traffic: 3).messages(hours: 24)
        var last: [String: Double] = [:]
        var passed: [Int: Double] = [:]
        for message in messages where message.quantity != "speed" {
            let value = try #require(message.plain)
            #expect(value.unit == "1")
            #expect(value.value == value.value.rounded())
            let increase = last[message.topic].map { value.value - $0 } ?? 0
            #expect(increase >= 0)
            last[message.topic] = value.value
            if message.quantity == "vehicle_count" { passed[Int(value.ts / 3_600_000 % 24), default: 0] += increase }
            if message.quantity == "heavy_vehicle_count" {
                let all = try #require(last[message.topic.replacing("heavy_vehicle_count", with: "vehicle_count")])
                #expect(value.value <= all)
            }
        }
        #expect(last.count == 12)
        #expect(try #require(passed[8]) > 5 * #require(passed[3]))
        #expect(try #require(passed[17]) > 5 * #require(passed[3]))
        #expect(try #require(passed[17]) > 1.3 * #require(passed[11]))
    }

    @Test("traffic: arrivals spread as Poisson's do")
    func poisson() throws {
        let totals = try Street.of(traffic: 1).messages(hours: 2, from: Street.monday + 12 * 3_600_000)
            .filter { $0.quantity == "pedestrian_count" }.map { try #require($0.plain).value }
        let increases = zip(totals, totals.dropFirst()).map { $1 - $0 }
        let mean = increases.mean
        let variance = increases.map { ($0 - mean) * ($0 - mean) }.mean
        #expect(mean > 0.5)
        #expect((0.5...1.8).contains(variance / mean))
    }

    @Test("bins: fill up and are emptied above 80 %, by day and not at the weekend", arguments: [1, 2, 3])
    func bins(seed: UInt64) throws {
        var last: [String: Double] = [:]
        var collections = 0
        for message in Street.of(bins: 4, seed: seed).messages(hours: 10 * 24) {
            let uplink = try #require(message.uplink)
            let fill = try #require(uplink.uplinkMessage.decodedPayload["fill_level"])
            #expect((0...100).contains(fill))
            let before = last.updateValue(fill, forKey: message.topic) ?? fill
            #expect(fill - before < 12, "a bin does not fill in a quarter of an hour")
            guard before - fill > 20 else { continue }
            collections += 1
            #expect(before >= 77)
            #expect(fill < 10)
            #expect((6...15).contains(message.published.milliseconds / 3_600_000 % 24))
            let day = message.published.milliseconds / 86_400_000 - Street.monday.milliseconds / 86_400_000
            #expect(day % 7 < 5)
        }
        #expect(collections >= 4)
    }

    @Test("bins: uplinks are those of The Things Stack")
    func uplinks() throws {
        let messages = Street.of(bins: 1).messages(hours: 12)
        #expect(messages.count == 48)
        for (index, message) in messages.enumerated() {
            #expect(message.topic == "v3/smart-zwolle@ttn/devices/bin-0001/up")
            let uplink = try #require(message.uplink)
            #expect(uplink.endDeviceIds.deviceId == "bin-0001")
            #expect(uplink.endDeviceIds.devEui.utf8.count == 16)
            #expect(uplink.receivedAt.utf8.count == 30, "nine digits of a second")
            #expect(uplink.uplinkMessage.receivedAt < uplink.receivedAt)
            #expect(uplink.uplinkMessage.fCnt == (index == 0 ? nil : index), "0 is left out")
            #expect(Set(uplink.uplinkMessage.decodedPayload.keys) == ["fill_level", "temperature", "battery"])
            #expect((1...3).contains(uplink.uplinkMessage.rxMetadata.count))
        }
    }

    @Test("rush hours follow the calendar's days, over a change of the clock")
    func calendar() throws {
        // A zone two hours ahead of UTC whose Monday has 25 hours.
        let midnight = Street.monday - 2 * 3_600_000
        var street = Street.of(traffic: 3)
        street.calendar = DayCalendar { time in
            time < midnight ? Timestamp.distantPast..<midnight : midnight..<midnight + 25 * 3_600_000
        }
        var last: [String: Double] = [:]
        var passed: [Int64: Double] = [:]
        for message in street.messages(hours: 22, from: midnight) where message.quantity == "bicycle_count" {
            let value = try #require(message.plain)
            passed[(value.ts - midnight.milliseconds) / 3_600_000, default: 0] +=
                last[message.topic].map { value.value - $0 } ?? 0
            last[message.topic] = value.value
        }
        // Eight by the wall clock is nine hours after midnight.
        #expect(try #require(passed.filter { $0.key < 14 }.max { $0.value < $1.value }).key == 9)
    }

    private func correlation(_ pairs: [(Double, Double)]) -> Double {
        let (left, right) = (pairs.map(\.0).mean, pairs.map(\.1).mean)
        let covariance = pairs.map { ($0 - left) * ($1 - right) }.mean
        let variances =
            pairs.map { ($0.0 - left) * ($0.0 - left) }.mean * pairs.map { ($0.1 - right) * ($0.1 - right) }.mean
        return covariance / variances.squareRoot()
    }
}
