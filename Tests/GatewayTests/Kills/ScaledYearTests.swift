import Gateway
import GatewayConfiguration
import Glibc
import Storage
import Telemetry
import TestKit
import Testing

/// A year in small; `make soak-year` does one of 500 series in 1 GiB.
@Suite("A year under a quota", .timeLimit(.minutes(3)))
struct ScaledYearTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    private static let quota: Int64 = 700_000

    private func configuration() throws -> Configuration {
        var configuration = try ConfigurationFile.load(
            text: """
                [storage.retention]
                raw = "forever"
                "1m" = "forever"
                "15m" = "forever"
                [[source]]
                topic = "sensors/{type}/{device}/{quantity}"
                value = "value"
                time = "ts"
                interval = "8h"
                """, name: "year.toml")
        configuration.storage.quotaBytes = ScaledYearTests.quota
        return configuration
    }

    private func message(_ device: Int, at time: Timestamp) -> CapturedMessage {
        var payload = JSONLine()
        payload.add("value", Double(abs(time.milliseconds / 28_800_000 * 7 + Int64(device)) % 300) / 10)
        payload.add("ts", time)
        return CapturedMessage(
            received: time + 500, topic: Array("sensors/air/aq-\(device)/pm2_5".utf8),
            payload: Array(payload.finished.utf8))
    }

    @Test("the file never has more, the newest is there, and what went is in the ledger")
    func year() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("year.db")
        let start = Timestamp(rfc3339: "2026-01-01T00:00:00Z")!
        let end = start + 365 * 86_400_000
        var largest: Int64 = 0
        do {
            let replay = try Replay(
                configuration: try configuration(), database: path, pace: ReplayPace(commitMilliseconds: 10_000))
            for day in 0..<365 as Range<Int64> {
                for hour in [0, 8, 16] as [Int64] {
                    let time = start + day * 86_400_000 + hour * 3_600_000
                    for device in 0..<5 { try replay.take(message(device, at: time)) }
                }
                try replay.commit()
                largest = max(largest, try StoreReader(path: path).space().fileBytes, fileBytes(path))
            }
        }
        #expect(largest <= ScaledYearTests.quota && largest > ScaledYearTests.quota * 9 / 10)
        #expect(fileBytes(path) <= ScaledYearTests.quota)
        let reader = try StoreReader(path: path)
        let holdings = try reader.holdings()
        let stored = try reader.ledger().reduce(0) { $0 + $1.readings.stored }
        #expect(stored == 365 * 3 * 5 && stored == holdings.readings + holdings.removedReadings)
        let removed = holdings.removals
        #expect(removed.readings == [.quota: holdings.removedReadings])
        #expect(removed.aggregates[.minute]?[.quota] ?? 0 > 0 && removed.aggregates[.day] == nil, "\(removed)")
        for tier in Tier.allCases {
            var there = 0
            try reader.aggregates(tier, in: .distantPast ..< .distantFuture) { _ in
                there += 1
                return true
            }
            let windows = tier == .day ? 365 * 5 : stored
            let gone = removed.aggregates[tier]?[.quota] ?? 0
            #expect(windows - there - gone <= 15, "\(tier): what is not there has gone, or is not closed yet")
        }
        var newest = 0
        try reader.readings(in: end - 86_400_000..<end) { _ in
            newest += 1
            return true
        }
        #expect(newest == 15)
    }

    private func fileBytes(_ path: String) -> Int64 {
        var file = stat()
        return stat(path, &file) == 0 ? Int64(file.st_size) : 0
    }
}
