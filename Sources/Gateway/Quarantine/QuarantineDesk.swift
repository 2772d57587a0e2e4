import Control
import Storage
import Synchronization
import Telemetry

/// Where a request about the quarantine waits: for the core, which owns the rows, and for the broker thread, which owns
/// the decoder. One request at a time. Any thread.
final class QuarantineDesk: Sendable {
    struct Request: Sendable {
        var number: UInt64
        var action: QuarantineAction
        var selection: QuarantineSelection
    }

    private struct State {
        var lastNumber: UInt64 = 0
        var isTaken = false
        var request: Request?
        var messages: (request: UInt64, held: [HeldMessage])?
        var answer: (request: UInt64, result: Result<QuarantineOutcome, ControlError>)?
    }

    private let state = Mutex(State())
    private let hasRequest = Atomic<Bool>(false)
    private let hasMessages = Atomic<Bool>(false)
    private let isClosed = Atomic<Bool>(false)

    private static let patience = Duration.seconds(20)

    // MARK: - For who asks

    /// Leaves a request and waits for the answer.
    /// - Parameter wake: wakes the core.
    /// - Throws: when another request is at work, the store fails, or nothing comes of it in 20 s.
    func ask(
        _ action: QuarantineAction, _ selection: QuarantineSelection, wake: @Sendable () -> Void
    ) async throws(ControlError) -> QuarantineOutcome {
        guard let number = enter(action, selection) else {
            throw failure("another command is at work on the quarantine", hint: "wait for it, then try again")
        }
        defer { leave(number) }
        wake()
        let deadline = ContinuousClock.now + QuarantineDesk.patience
        while ContinuousClock.now < deadline {
            if let result = takeAnswer(number) { return try result.get() }
            if isClosed.load(ordering: .relaxed) || Task.isCancelled {
                throw failure("the gateway is stopping", hint: "what it did not get to is still in quarantine")
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
        throw failure(
            "the gateway did not get to it within \(QuarantineDesk.patience)",
            hint: "it may be opening a connection to the broker: see poort status, then try again")
    }

    /// Nobody will come to it any more, and who waits would hold up the gateway's end.
    func close() { isClosed.store(true, ordering: .relaxed) }

    private func enter(_ action: QuarantineAction, _ selection: QuarantineSelection) -> UInt64? {
        let number: UInt64? = state.withLock { state in
            if state.isTaken { return nil }
            state.lastNumber += 1
            state.isTaken = true
            state.answer = nil
            state.request = Request(number: state.lastNumber, action: action, selection: selection)
            return state.lastNumber
        }
        if number != nil { hasRequest.store(true, ordering: .releasing) }
        return number
    }

    private func leave(_ number: UInt64) {
        state.withLock { state in
            state.isTaken = false
            state.request = nil
            if state.messages?.request == number { state.messages = nil }
        }
    }

    private func takeAnswer(_ number: UInt64) -> Result<QuarantineOutcome, ControlError>? {
        state.withLock { $0.answer?.request == number ? $0.answer?.result : nil }
    }

    private func failure(_ cause: String, hint: String) -> ControlError {
        ControlError(operation: "work on the quarantine", path: "", cause: cause, hint: hint)
    }

    // MARK: - For the core

    func takeRequest() -> Request? {
        guard hasRequest.exchange(false, ordering: .acquiringAndReleasing) else { return nil }
        return state.withLock { state in
            defer { state.request = nil }
            return state.request
        }
    }

    /// Passes messages on to the broker thread, which sends them through the ring.
    func handOver(_ held: [HeldMessage], of request: UInt64) {
        state.withLock { $0.messages = (request, held) }
        hasMessages.store(true, ordering: .releasing)
    }

    func answer(_ request: UInt64, _ outcome: QuarantineOutcome) {
        state.withLock { $0.answer = (request, .success(outcome)) }
    }

    func refuse(_ request: UInt64, because cause: String) {
        let error = failure(cause, hint: "nothing is lost: try again when poort status shows that all is well")
        state.withLock { $0.answer = (request, .failure(error)) }
    }

    // MARK: - For the broker thread

    func takeMessages() -> (request: UInt64, held: [HeldMessage])? {
        guard hasMessages.load(ordering: .acquiring) else { return nil }
        hasMessages.store(false, ordering: .relaxed)
        return state.withLock { state in
            defer { state.messages = nil }
            return state.messages
        }
    }
}
