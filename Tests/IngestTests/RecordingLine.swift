import Ingest
import Synchronization
import Threading

/// Takes what a session hands on, and commits when the test lets it.
final class RecordingLine: IntakeLine, Sendable {
    struct Message: Hashable {
        var topic: String
        var payload: String
        var packetID: UInt16
        var isRetained: Bool
    }

    private struct State {
        var messages: [Message] = []
        /// For each connection, whether the broker had kept the session.
        var connections: [Bool] = []
        var requested: UInt64 = 0
        var status = IntakeStatus(committed: 0, failures: 0, isStorageReady: true)
        var holdsCommits = false
    }

    let signal = Signal()
    private let state = Mutex(State())

    init(holdsCommits: Bool = false) {
        state.withLock { $0.holdsCommits = holdsCommits }
    }

    var messages: [Message] { state.withLock { $0.messages } }
    var payloads: [String] { messages.map(\.payload) }
    var connections: [Bool] { state.withLock { $0.connections } }
    var requested: UInt64 { state.withLock { $0.requested } }
    var status: IntakeStatus { state.withLock { $0.status } }

    /// Commits what was asked for, and from now on at once.
    func letCommit() {
        state.withLock {
            $0.holdsCommits = false
            $0.status.committed = $0.requested
        }
        signal.raise()
    }

    /// What a commit that fails does: the storage is back at once, and nothing before counts.
    func failCommit() {
        state.withLock { $0.status.failures += 1 }
        signal.raise()
    }

    func setStorageReady(_ isReady: Bool) {
        state.withLock { $0.status.isStorageReady = isReady }
        signal.raise()
    }

    func forget() { state.withLock { $0.messages = [] } }

    func connectionOpened(isResumed: Bool) { state.withLock { $0.connections.append(isResumed) } }

    func accept(topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, packetID: UInt16, isRetained: Bool) {
        let message = Message(
            topic: String(decoding: topic, as: UTF8.self), payload: String(decoding: payload, as: UTF8.self),
            packetID: packetID, isRetained: isRetained)
        state.withLock { $0.messages.append(message) }
    }

    func subscribed(to filters: [String]) {}

    func acceptWaiting() {}

    func publishBurst() {}

    func requestCommit() -> UInt64 {
        let number = state.withLock { state in
            state.requested += 1
            if !state.holdsCommits { state.status.committed = state.requested }
            return state.requested
        }
        signal.raise()
        return number
    }
}
