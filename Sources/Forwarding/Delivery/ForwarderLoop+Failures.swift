import Logging
import Telemetry
import Threading

/// What a partner's thread makes of failures, and of their end.
extension ForwarderLoop {
    /// So many rows are set aside one after the other without any that was taken.
    private static let mostRefusedInRow = 20

    mutating func note(
        _ failure: SinkFailure, sent rows: Range<Int>, of work: inout WorkInProgress, now: Timestamp
    ) {
        if failure.mayHaveArrived { work.doubtful = rows }
        switch failure.kind {
        case .tooLarge:
            size.failed(rows.count)
            work.machine.split(rows, reason: failure.cause)
        case .refused:
            if rows.count > 1 || isRowsFault(rows.lowerBound, of: &work) {
                work.machine.split(rows, reason: failure.cause)
            } else {
                wait(for: failure, now: now)
            }
        case .unavailable, .misconfigured:
            if failure.mayHaveArrived { size.failed(rows.count) }
            wait(for: failure, now: now)
        }
    }

    /// Whether a row that was refused alone is to be set aside. Where many were, one after the other, the server may be another
    /// than was meant, or wrongly set up: then it must take some other row first.
    private mutating func isRowsFault(_ row: Int, of work: inout WorkInProgress) -> Bool {
        refusedInRow += 1
        guard refusedInRow > ForwarderLoop.mostRefusedInRow, let sink, let last = work.batch.rows.last,
            row < work.batch.rows.count - 1
        else { return true }
        guard let delivery = try? sink.deliver([last]), delivery.outcomes.allSatisfy({ $0 == .taken }) else {
            return false
        }
        refusedInRow = 0
        // It comes to its turn all the same.
        work.repeated += 1
        return true
    }

    // MARK: - What servers say

    func masked(_ failure: SinkFailure) -> SinkFailure {
        var failure = failure
        failure.cause = masked(failure.cause)
        failure.hint = masked(failure.hint)
        return failure
    }

    func masked(_ outcome: Delivery.Outcome) -> Delivery.Outcome {
        switch outcome {
        case .taken: .taken
        case .refused(let words): .refused(masked(words))
        case .again(let words): .again(masked(words))
        }
    }

    private func masked(_ words: String) -> String {
        owner.options.secrets().reduce(words) { $1.isEmpty ? $0 : $0.replacing($1, with: "•••") }
    }

    // MARK: - Pauses

    /// Lets the server alone for a while.
    private mutating func wait(for failure: SinkFailure, now: Timestamp) {
        let pause = backoff.next(requested: failure.retryAfterMilliseconds, using: &random)
        nextAttempt = MonotonicClock.milliseconds() + pause
        let isNew = owner.status.failingSince == nil || owner.status.failure?.cause != failure.cause
        if isNew { owner.logger.warning("partner \(owner.options.name): \(failure)") }
        owner.show {
            $0.state = .waitingToRetry
            $0.failure = failure
            $0.failingSince = $0.failingSince ?? now
            $0.nextAttempt = now + pause
        }
    }

    mutating func succeeded(now: Timestamp) {
        refusedInRow = 0
        backoff.succeeded()
        nextAttempt = 0
        if let since = owner.status.failingSince {
            owner.logger.notice("partner \(owner.options.name) takes again, after \((now - since) / 1000) s")
        }
        let rows = size.rows
        owner.show {
            $0.state = .connected
            $0.failingSince = nil
            $0.nextAttempt = nil
            $0.batchRows = rows
        }
    }
}
