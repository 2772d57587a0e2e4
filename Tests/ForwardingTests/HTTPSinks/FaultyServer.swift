import Synchronization
import TestKit

/// Goes wrong between a client and a good server, at random or as it is told. Any thread.
final class FaultyServer: Sendable {
    enum Fault: Sendable, Equatable {
        case none
        /// The request never gets there.
        case unreachable
        /// Answered by this in the server's place.
        case answers(Int, String)
        /// The server does what is asked, and nobody hears of it.
        case cut
        /// The same, with a part of the answer.
        case cutWithin
        /// The server does what is asked, and answers this.
        case mangles(String)
    }

    private struct State {
        var next: [Fault] = []
        var random: SeededGenerator?
        var likelihood = 0.0
    }

    private let server: SmallHTTPServer.Handler
    private let state = Mutex(State())

    init(_ server: @escaping SmallHTTPServer.Handler) {
        self.server = server
    }

    /// What becomes of the next requests, one each.
    func plan(_ faults: Fault...) { state.withLock { $0.next += faults } }

    func failRandomly(_ likelihood: Double, seed: UInt64) {
        state.withLock {
            $0.likelihood = likelihood
            $0.random = SeededGenerator(seed: seed)
        }
    }

    func heal() { state.withLock { $0 = State() } }

    var handler: SmallHTTPServer.Handler {
        { [self] request in
            let fault = state.withLock { FaultyServer.fault(&$0) }
            switch fault {
            case .none: return server(request)
            case .unreachable: return SmallHTTPServer.Response(DirectExchange.unreachable)
            case .answers(let status, let text):
                return SmallHTTPServer.Response(
                    status, headers: [("Content-Type", "application/json"), ("Retry-After", "7")], text)
            case .cut, .cutWithin:
                var response = server(request)
                response.cut = fault == .cut ? .beforeAnswer : .withinBody
                return response
            case .mangles(let text):
                let response = server(request)
                return SmallHTTPServer.Response(response.status, text)
            }
        }
    }

    private static func fault(_ state: inout State) -> Fault {
        if !state.next.isEmpty { return state.next.removeFirst() }
        guard var random = state.random else { return .none }
        defer { state.random = random }
        guard Double.random(in: 0..<1, using: &random) < state.likelihood else { return .none }
        return [
            .unreachable, .cut, .cut, .cutWithin, .answers(503, "{}"), .answers(429, "{}"), .answers(500, "{}"),
            .answers(401, "{}"), .mangles("<html>"), .mangles(""), .answers(413, "{}"),
        ].randomElement(using: &random) ?? .cut
    }
}
