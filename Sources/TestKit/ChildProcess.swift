public import Glibc
import Synchronization

/// A program that a test runs. It is killed, if need be, when this object goes.
public final class ChildProcess: Sendable {
    public enum Ending: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// Where a stream goes.
    public enum Output: Sendable {
        case inherited
        case nowhere
        /// Appended to.
        case file(String)
        /// Kept, for ``ChildProcess/standardOutput`` and ``ChildProcess/standardError``.
        case kept
    }

    public struct SpawnError: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    public let processID: pid_t
    private let ending = Mutex<Ending?>(nil)
    private let directory = TemporaryDirectory()

    /// Starts a program.
    /// - Parameters:
    ///   - executable: a path, or a name to be found by `PATH`.
    ///   - environment: on top of the test's own.
    public init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
        output: Output = .kept, errors: Output = .kept
    ) throws(SpawnError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        ChildProcess.direct(1, to: output, keptIn: directory.file("output"), &actions)
        ChildProcess.direct(2, to: errors, keptIn: directory.file("errors"), &actions)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        ChildProcess.useDefaultSignals(&attributes)

        var processID: pid_t = 0
        let code = ChildProcess.withCStrings([executable] + arguments) { arguments in
            ChildProcess.withCStrings(ChildProcess.environment(with: environment)) { environment in
                posix_spawnp(&processID, executable, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else {
            throw SpawnError(description: "cannot run \(executable): \(String(cString: strerror(code)))")
        }
        self.processID = processID
    }

    deinit {
        if isRunning {
            kill()
            _ = wait(milliseconds: 5000)
        }
    }

    /// What it has written so far, where that is kept.
    public var standardOutput: String { TemporaryDirectory.read(directory.file("output")) ?? "" }
    public var standardError: String { TemporaryDirectory.read(directory.file("errors")) ?? "" }

    public var isRunning: Bool { reap() == nil }

    /// Sends a signal, such as `SIGHUP`; nothing once the program has ended.
    public func send(_ signal: Int32) {
        ending.withLock { if $0 == nil { Glibc.kill(processID, signal) } }
    }

    public func terminate() { send(SIGTERM) }
    public func kill() { send(SIGKILL) }

    /// Blocks until the program has ended.
    /// - Returns: nil when it still runs after that time.
    public func wait(milliseconds: Int = 20_000) -> Ending? {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while true {
            if let ending = reap() { return ending }
            if ContinuousClock.now >= deadline { return nil }
            usleep(2000)
        }
    }

    private func reap() -> Ending? {
        ending.withLock { ending in
            if ending != nil { return ending }
            var status: Int32 = 0
            guard waitpid(processID, &status, WNOHANG) == processID else { return nil }
            // The macros WIFSIGNALED and WEXITSTATUS, which Swift does not import.
            let signal = status & 0x7F
            ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
            return ending
        }
    }
}

extension ChildProcess {
    private static func direct(
        _ descriptor: Int32, to output: Output, keptIn kept: String, _ actions: inout posix_spawn_file_actions_t
    ) {
        let flags = O_WRONLY | O_CREAT | O_APPEND
        switch output {
        case .inherited: break
        case .nowhere: posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        case .file(let path): posix_spawn_file_actions_addopen(&actions, descriptor, path, flags, 0o644)
        case .kept: posix_spawn_file_actions_addopen(&actions, descriptor, kept, flags, 0o644)
        }
    }

    /// Whatever the test's process ignores or blocks, the program starts afresh.
    private static func useDefaultSignals(_ attributes: inout posix_spawnattr_t) {
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    }

    private static func environment(with changes: [String: String]) -> [String] {
        var entries: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            let name = String(text.prefix { $0 != "=" })
            if changes[name] == nil { entries.append(text) }
            next += 1
        }
        return entries + changes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }
}
