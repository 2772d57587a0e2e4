public import Logging
import Synchronization
public import Telemetry
public import Threading

/// What is to be forwarded to whom, and how.
public struct PartnerOptions: Sendable {
    /// As in the ledger.
    public var name: String
    /// The gateway's.
    public var gateway: String
    public var contract: Contract
    public var families: QuantityFamilies
    /// How many rows a second go at most; nil without a limit.
    public var rowsPerSecond: Int?
    /// Makes the sink, on the partner's thread.
    public var makeSink: @Sendable () throws(SinkFailure) -> any Sink
    /// What must not be shown of a server's words: they may repeat what it was sent. Asked for where it has said something.
    public var secrets: @Sendable () -> [String] = { [] }
    /// Tests have less patience.
    var backoff = Backoff()

    public init(
        name: String, gateway: String, contract: Contract, families: QuantityFamilies = QuantityFamilies(),
        rowsPerSecond: Int? = nil, makeSink: @escaping @Sendable () throws(SinkFailure) -> any Sink
    ) {
        self.name = name
        self.gateway = gateway
        self.contract = contract
        self.families = families
        self.rowsPerSecond = rowsPerSecond
        self.makeSink = makeSink
    }
}

/// A partner's thread: reads what is to go, has its sink send it, and hands in what became of it. Any thread may ask it to
/// wake, to stop, or how it is.
///
/// Each partner has a thread of its own, since a library that waits for a server blocks it: no partner waits for another's.
public final class Forwarder: Sendable {
    public let options: PartnerOptions
    let store: any ForwardingStore
    let logger: Logger
    /// Raised when there is something new to send, when something was recorded, and to stop.
    public let signal = Signal()
    private let shouldStop = Atomic<Bool>(false)
    private let current = Mutex(PartnerStatus())
    private let sink = Mutex<Cancellation?>(nil)
    private let thread = Mutex<WorkerThread?>(nil)

    public init(_ options: PartnerOptions, store: any ForwardingStore, logger: Logger) {
        self.options = options
        self.store = store
        self.logger = logger
    }

    /// Once.
    public func start() {
        // Fifteen bytes at most: see pthread_setname_np(3).
        let name = "to \(options.name)"
        let worker = WorkerThread(name: String(decoding: name.utf8.prefix(15), as: UTF8.self), isPatient: true) {
            [self] in
            var loop = ForwarderLoop(self)
            loop.run()
        }
        thread.withLock { $0 = worker }
    }

    public var status: PartnerStatus { current.withLock { $0 } }

    /// Asks the thread to end, without waiting: what is under way is cut off, and sent again by whoever comes next.
    public func stop() {
        shouldStop.store(true, ordering: .releasing)
        sink.withLock { $0?.cancel() }
        signal.raise()
    }

    /// - Returns: whether the thread has ended within that time.
    public func join(milliseconds: Int32) -> Bool {
        thread.withLock { $0 }?.join(milliseconds: milliseconds) ?? true
    }

    // MARK: - For its own thread

    var isStopping: Bool { shouldStop.load(ordering: .acquiring) }

    func show(_ change: (inout PartnerStatus) -> Void) { current.withLock { change(&$0) } }

    /// Lets ``stop()`` reach the sink while that blocks its thread.
    func didMake(_ made: any Sink) {
        let cancellation = Cancellation(sink: made)
        sink.withLock { $0 = cancellation }
        if isStopping { cancellation.cancel() }
    }

    /// Of a sink nothing but ``Sink/cancel()`` is called from here, which any thread may.
    private final class Cancellation: @unchecked Sendable {
        private let sink: any Sink

        init(sink: any Sink) {
            self.sink = sink
        }

        func cancel() { sink.cancel() }
    }
}
