import Glibc
import Synchronization
import Threading

/// From a start to a stop of a ``SmallHTTPServer``: a thread that accepts, and one for each connection.
final class SmallHTTPRun: Sendable {
    private let shouldStop = Atomic<Bool>(false)
    private let thread = Mutex<WorkerThread?>(nil)

    init(port: Int, handler: @escaping SmallHTTPServer.Handler) throws(ChildProcess.SpawnError) {
        let listener = try SmallHTTPRun.listen(on: port)
        thread.withLock {
            $0 = WorkerThread(name: "small-http") { [self] in
                var connections: [WorkerThread] = []
                while !shouldStop.load(ordering: .acquiring) {
                    guard SmallHTTPConnection.isReady(listener, POLLIN, milliseconds: 20) else { continue }
                    let socket = accept(listener, nil, nil)
                    guard socket >= 0 else { continue }
                    connections.removeAll { $0.join(milliseconds: 0) }
                    connections.append(
                        WorkerThread(name: "small-http-one") { [self] in
                            var connection = SmallHTTPConnection(socket) { self.shouldStop.load(ordering: .acquiring) }
                            connection.serve(handler)
                        })
                }
                close(listener)
                for connection in connections { _ = connection.join(milliseconds: 5000) }
            }
        }
    }

    /// Waits for the threads.
    func stop() {
        shouldStop.store(true, ordering: .releasing)
        _ = thread.withLock { $0 }?.join(milliseconds: 10_000)
    }

    private static func listen(on port: Int) throws(ChildProcess.SpawnError) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard FreePort.bind(descriptor, to: port), Glibc.listen(descriptor, 64) == 0 else {
            let cause = String(cString: strerror(errno))
            close(descriptor)
            throw ChildProcess.SpawnError(description: "cannot listen on \(port): \(cause)")
        }
        return descriptor
    }
}
