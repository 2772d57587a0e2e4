import Synchronization
import TestKit

/// What a server was asked. Any thread.
final class RequestLog: Sendable {
    private let requests = Mutex<[SmallHTTPServer.Request]>([])

    var all: [SmallHTTPServer.Request] { requests.withLock { $0 } }

    func add(_ request: SmallHTTPServer.Request) { requests.withLock { $0.append(request) } }

    func forget() { requests.withLock { $0 = [] } }

    func handler(_ server: @escaping SmallHTTPServer.Handler) -> SmallHTTPServer.Handler {
        { [self] request in
            add(request)
            return server(request)
        }
    }
}
