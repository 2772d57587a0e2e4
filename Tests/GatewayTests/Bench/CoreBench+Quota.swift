import Processing
import Telemetry
import TestKit

@testable import Gateway
@testable import Storage

/// A quota, and what it leaves.
extension CoreBench {
    static let hour: Int64 = 3_600_000
    static let day: Int64 = 86_400_000

    /// - Parameter protected: how old readings must be to go, in milliseconds.
    func limit(bytes: Int64?, protected: Int64 = CoreBench.day) {
        settings.quota = bytes.map { QuotaSettings(bytes: $0, protectedMilliseconds: protected) }
        core?.settings = settings
    }

    /// Lets the quota take all that it demands.
    func keepWithinQuota() throws {
        core.tell(now: clock.now)
        var turn = try core.keepWithinQuota(monotonic: clock.monotonicMilliseconds)
        while turn != .nothing {
            try commit()
            turn = try core.keepWithinQuota(monotonic: clock.monotonicMilliseconds)
        }
        try commit()
    }

    func space() throws -> StoredSpace { try store.reader.space() }
    func reach() throws -> StoredReach { try store.reader.reach() }
    func removals() throws -> Removals { try store.reader.removals() }

    /// A reading a series each so often, windows closed and readings sealed as time goes on.
    func fill(_ series: [Int], hours: Int64, every interval: Int64) throws {
        for hour in 0..<hours {
            let begin = clock.now
            for offset in stride(from: 0, to: CoreBench.hour, by: Int64.Stride(interval)) {
                try take(series.map { .init(series: $0, time: begin + offset, value: Double((hour + offset) % 97)) })
            }
            try advance(milliseconds: CoreBench.hour)
            try seal(rowsInOneGo: 10_000)
        }
    }
}
