import Control
import Storage
import Telemetry
import Threading

/// A request about the quarantine that is at work.
struct ReplayInProgress {
    var request: UInt64
    /// Where the next request goes on; nil when there is no more.
    var continueAfter: Int64?
}

extension CoreLoop {
    private static var messagesInOneRequest: Int { 256 }
    private static var bytesInOneRequest: Int64 { 4 << 20 }

    /// Begins what somebody asked for; a replay ends when its messages have come through the ring.
    mutating func attendToQuarantine(_ request: QuarantineDesk.Request, core: Core) throws(StorageError) {
        switch request.action {
        case .drop:
            let dropped = try core.store.dropQuarantined(request.selection, limit: CoreLoop.messagesInOneRequest)
            try commit()
            var outcome = QuarantineOutcome()
            outcome.dropped = dropped.count
            outcome.continueAfter = dropped.continueAfter
            thread.desk.answer(request.number, outcome)
        case .replay where !core.clock.isTrusted || core.undatedCount > 0:
            thread.desk.refuse(
                request.number, because: "the clock is not right yet, or what waited for it is not filed")
        case .replay:
            let (held, continueAfter) = try nextPart(of: request.selection, core: core)
            core.replayed = QuarantineOutcome()
            core.replayed.skipped = held.count { !$0.isReplayable }
            replay = ReplayInProgress(request: request.number, continueAfter: continueAfter)
            thread.desk.handOver(held.filter(\.isReplayable), of: request.number)
            // The broker thread waits for it, among others.
            thread.intake.signal.raise()
        }
    }

    private func nextPart(
        of selection: QuarantineSelection, core: Core
    ) throws(StorageError) -> (held: [HeldMessage], continueAfter: Int64?) {
        var held: [HeldMessage] = []
        var bytes: Int64 = 0
        var isCut = false
        try core.store.reader.forEachHeldMessage(selection) { message in
            if held.count >= CoreLoop.messagesInOneRequest || bytes >= CoreLoop.bytesInOneRequest {
                isCut = true
                return false
            }
            held.append(message)
            bytes += message.bytes
            return true
        }
        return (held, isCut ? held.last?.id : nil)
    }

    /// All messages of a request have come through.
    mutating func didReplay(_ request: UInt64) throws(StorageError) {
        guard let replay, replay.request == request else {
            // Nobody waits for it any more.
            try commit()
            return
        }
        guard let core, !isDiscarding else {
            refuseReplay("the storage has failed, or works again since a moment ago")
            return
        }
        try commit()
        self.replay = nil
        core.replayed.continueAfter = replay.continueAfter
        thread.desk.answer(request, core.replayed)
    }

    mutating func refuseReplay(_ cause: String) {
        guard let replay else { return }
        self.replay = nil
        thread.desk.refuse(replay.request, because: cause)
    }
}
