import Glibc
import Synchronization
import Threading

/// From a start to a stop of a ``SmallHTTPServer``: a thread that accepts, and one for each connection.
final class SmallHTTPRun: Sendable {
    private let shouldStop = Atomic<Bool>(false)
    private let thread = Mutex<WorkerThread?>(nil)

    init(port: Int, handler: @escaping SmallHTTPServer.Handler) throws(ChildProcess.SpawnError) {
        let listener = try FreePort.listen(on: port)
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
}
