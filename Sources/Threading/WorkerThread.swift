import CLinux
import Glibc
import Synchronization

/// A named operating-system thread that runs one function to its end.
///
/// For work that blocks (a socket's poll, a database's fsync), which must never sit on Swift's cooperative pool.
public final class WorkerThread: Sendable {
    private let life = Life()

    /// - Parameters:
    ///   - name: at most 15 bytes, shown by `ps -L` and `top -H`.
    ///   - isPatient: whether others go first where there are too few processors. Source: setpriority(2), of a thread on Linux
    public init(name: String, isPatient: Bool = false, body: @escaping @Sendable () -> Void) {
        let start = Start(name: name) { [life] in
            if isPatient { setpriority(Int32(PRIO_PROCESS.rawValue), 0, 5) }
            body()
            life.isRunning.store(false, ordering: .releasing)
            life.ended.raise()
        }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(start).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                let start = Unmanaged<Start>.fromOpaque(context!).takeRetainedValue()
                poort_name_thread(start.name)
                start.body()
                return nil
            }, context)
        precondition(code == 0, "pthread_create: \(String(cString: strerror(code)))")
        pthread_detach(thread)
    }

    /// - Returns: whether the thread has ended within that time. It goes on if not.
    public func join(milliseconds: Int32) -> Bool {
        if !life.isRunning.load(ordering: .acquiring) { return true }
        life.ended.wait(milliseconds: milliseconds)
        return !life.isRunning.load(ordering: .acquiring)
    }

    private final class Life: Sendable {
        let ended = Signal()
        let isRunning = Atomic<Bool>(true)
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
