/// What the daemon says of itself. Times are RFC 3339 with milliseconds; keys in JSON are in snake case.
///
/// Parts that need a running daemon are nil in a report made from the database alone.
public struct StatusReport: Codable, Sendable, Equatable {
    public var gateway: String
    public var version: String
    public var isRunning: Bool
    /// When the report was made.
    public var now: String
    public var process: Process?
    public var configuration: ConfigurationStatus
    public var broker: Broker?
    public var ring: Ring?
    public var rates: Rates?
    public var storage: Storage
    public var ledger: Ledger
    public var aggregates: Aggregates?
    public var sensors: [Sensor] = []
    public var partners: [Partner] = []
    public var clock: Clock?
    public var wear: Wear?
    public var space: Space?

    public init(
        gateway: String, version: String, isRunning: Bool, now: String, configuration: ConfigurationStatus,
        storage: Storage, ledger: Ledger
    ) {
        self.gateway = gateway
        self.version = version
        self.isRunning = isRunning
        self.now = now
        self.configuration = configuration
        self.storage = storage
        self.ledger = ledger
    }

    public struct Process: Codable, Sendable, Equatable {
        public var pid: Int32
        public var started: String
        public var residentBytes: Int64

        public init(pid: Int32, started: String, residentBytes: Int64) {
            self.pid = pid
            self.started = started
            self.residentBytes = residentBytes
        }
    }

    public struct ConfigurationStatus: Codable, Sendable, Equatable {
        public var path: String
        public var fingerprint: String
        public var loaded: String?
        /// Why the last reload was refused; the configuration before it stays in force.
        public var reloadError: String?

        public init(path: String, fingerprint: String, loaded: String? = nil, reloadError: String? = nil) {
            self.path = path
            self.fingerprint = fingerprint
            self.loaded = loaded
            self.reloadError = reloadError
        }
    }

    /// Whether a technician should look: the broker away, the storage failing or slow, a damaged database that was set
    /// aside, a quota that cannot be kept, the ledger out of balance, a clock that cannot be right, a partner that cannot
    /// be reached, a configuration that was refused at the last reload.
    public var hasProblem: Bool {
        !isRunning || broker.map { $0.state != "connected" } ?? true || storage.failure != nil
            || !storage.damagedFiles.isEmpty || !ledger.balanced || storage.slowDisk?.isSlow ?? false
            || !(clock?.isTrusted ?? true) || space?.condition == "too_small"
            || partners.contains { !$0.balanced || $0.failure != nil } || configuration.reloadError != nil
    }
}
