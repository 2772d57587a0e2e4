@testable import Forwarding
import TestKit
import Testing

@Suite("Pace")
struct PaceTests {
    @Test("allows a second's rows at once, and no more than the rate over time")
    func rate() {
        var pacer = Pacer(rowsPerSecond: 100, now: 0)
        #expect(pacer.allowance(now: 0) == 100 && pacer.wait(for: 1, now: 0) == 0)
        var sent = 0
        for now in stride(from: Int64(0), to: 10_000, by: 7) {
            let rows = min(pacer.allowance(now: now), 37)
            pacer.take(rows)
            sent += rows
        }
        #expect((1050...1100).contains(sent))
    }

    @Test("says how long to wait, and then allows it")
    func wait() {
        var pacer = Pacer(rowsPerSecond: 50, now: 0)
        pacer.take(80)
        #expect(pacer.allowance(now: 0) == 0)
        let pause = pacer.wait(for: 10, now: 0)
        #expect(pause == 800)
        #expect(pacer.allowance(now: pause) == 10 && pacer.wait(for: 10, now: pause) == 0)
        // More than the bucket holds is not waited for.
        #expect(pacer.wait(for: 1000, now: 100_000) == 0)
    }

    @Test("is not kept where there is no limit")
    func unlimited() {
        var pacer = Pacer(rowsPerSecond: nil, now: 0)
        pacer.take(1_000_000)
        #expect(pacer.allowance(now: 0) == .max && pacer.wait(for: 1_000_000, now: 0) == 0)
    }

    @Test("backs off up to five minutes, with full jitter, and begins anew after a success")
    func backoff() {
        var random = SeededGenerator.fromEnvironment()
        var backoff = Backoff()
        for attempt in 0..<30 {
            let ceiling = min(backoff.longestMilliseconds, 1000 << Int64(min(attempt, 20)))
            #expect((0...ceiling).contains(backoff.next(using: &random)), "seed \(random.seed)")
        }
        let many = (0..<200).map { _ in backoff.next(using: &random) }
        #expect(many.contains { $0 < backoff.longestMilliseconds / 4 })
        #expect(many.contains { $0 > backoff.longestMilliseconds * 3 / 4 })
        backoff.succeeded()
        #expect(backoff.next(using: &random) <= 1000)
    }

    @Test("waits as long as the server asks, and not in step with others")
    func requested() {
        var random = SeededGenerator.fromEnvironment()
        var backoff = Backoff()
        let pauses = (0..<50).map { _ in backoff.next(requested: 120_000, using: &random) }
        #expect(pauses.allSatisfy { (120_000...132_000).contains($0) } && Set(pauses).count > 10)
        #expect(backoff.next(requested: -5, using: &random) <= 1000)
        #expect(backoff.next(requested: .max, using: &random) <= Backoff.longestRequestMilliseconds * 11 / 10)
    }

    @Test("grows batches while answers come at once, and halves them when they do not")
    func batchSize() {
        var size = BatchSize(most: 5000)
        #expect(size.rows == 500)
        // A small batch tells nothing of a large one.
        size.answered(20, milliseconds: 10)
        #expect(size.rows == 500)
        for _ in 0..<6 { size.answered(size.rows, milliseconds: 100) }
        #expect(size.rows == 5000)
        size.answered(5000, milliseconds: 8000)
        #expect(size.rows == 2500)
        for _ in 0..<20 { size.failed(size.rows) }
        #expect(size.rows == 1)
        #expect(BatchSize(most: 100).rows == 100)
    }
}
