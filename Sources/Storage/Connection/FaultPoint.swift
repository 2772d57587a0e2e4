import Glibc

/// A step at which a test can have the process die as by SIGKILL: what is in the file then is what a crash leaves.
///
/// Only in debug builds, and only where the environment asks: `POORT_FAULT_POINT=seal.deleted`, or `seal.deleted:3` for the
/// third time that it is reached.
package enum FaultPoint {
    package static let variable = "POORT_FAULT_POINT"

    #if DEBUG
        private nonisolated(unsafe) static var remaining: Int = {
            guard let wanted = wanted else { return 0 }
            return wanted.count
        }()

        private static let wanted: (name: String, count: Int)? = {
            guard let value = getenv(variable) else { return nil }
            let parts = String(cString: value).split(separator: ":", maxSplits: 1)
            guard let name = parts.first else { return nil }
            return (String(name), parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
        }()
    #endif

    /// Called by the one thread that owns the store.
    @inline(__always)
    package static func reach(_ name: @autoclosure () -> String) {
        #if DEBUG
            guard let wanted, wanted.name == name() else { return }
            remaining -= 1
            if remaining == 0 { kill(getpid(), SIGKILL) }
        #endif
    }
}
