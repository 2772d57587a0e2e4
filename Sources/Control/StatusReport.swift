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

    public struct Broker: Codable, Sendable, Equatable {
        /// `connected`, `connecting`, `waiting to reconnect`, `waiting for the storage`, `stopped`.
        public var state: String
        public var address: String
        public var connectedSeconds: Double?
        public var nextAttemptSeconds: Double?
        public var connections: Int
        public var failedAttempts: Int
        public var lastError: String?
        public var unacknowledged: Int
        public var receiveMaximum: Int
        public var subscriptions: [String]

        public init(
            state: String, address: String, connectedSeconds: Double?, nextAttemptSeconds: Double?, connections: Int,
            failedAttempts: Int, lastError: String?, unacknowledged: Int, receiveMaximum: Int, subscriptions: [String]
        ) {
            self.state = state
            self.address = address
            self.connectedSeconds = connectedSeconds
            self.nextAttemptSeconds = nextAttemptSeconds
            self.connections = connections
            self.failedAttempts = failedAttempts
            self.lastError = lastError
            self.unacknowledged = unacknowledged
            self.receiveMaximum = receiveMaximum
            self.subscriptions = subscriptions
        }
    }

    /// The gateway's own clock.
    public struct Clock: Codable, Sendable, Equatable {
        public var isTrusted: Bool
        /// Why not.
        public var complaint: String?
        /// Readings that are stored and wait for a clock to be dated by.
        public var undated: Int
        /// What it showed after it was set last, since the daemon began; nil when it was not.
        public var lastStep: String?
        /// By how much it was set then; negative for back.
        public var lastStepSeconds: Double?

        public init(
            isTrusted: Bool, complaint: String? = nil, undated: Int, lastStep: String? = nil,
            lastStepSeconds: Double? = nil
        ) {
            self.isTrusted = isTrusted
            self.complaint = complaint
            self.undated = undated
            self.lastStep = lastStep
            self.lastStepSeconds = lastStepSeconds
        }
    }

    public struct Ring: Codable, Sendable, Equatable {
        public var depth: Int
        public var capacity: Int

        public init(depth: Int, capacity: Int) {
            self.depth = depth
            self.capacity = capacity
        }
    }

    /// Means over the last ten seconds and five minutes; over less where the daemon is younger.
    public struct Rates: Codable, Sendable, Equatable {
        public var messagesPerSecond: Double
        public var messagesPerSecondFiveMinutes: Double
        public var readingsPerSecond: Double
        public var readingsPerSecondFiveMinutes: Double

        public init(
            messagesPerSecond: Double, messagesPerSecondFiveMinutes: Double, readingsPerSecond: Double,
            readingsPerSecondFiveMinutes: Double
        ) {
            self.messagesPerSecond = messagesPerSecond
            self.messagesPerSecondFiveMinutes = messagesPerSecondFiveMinutes
            self.readingsPerSecond = readingsPerSecond
            self.readingsPerSecondFiveMinutes = readingsPerSecondFiveMinutes
        }
    }

    public struct Storage: Codable, Sendable, Equatable {
        public var path: String
        /// In a word: `working`, `slow`, `full`, `read-only`, `gone`, `unreachable`, `locked`, `damaged`, `failing`.
        public var condition: String?
        /// Why it does not work; nil while it does.
        public var failure: String?
        public var failingSince: String?
        public var databaseBytes: Int64
        public var walBytes: Int64
        public var freeBytes: Int64
        public var lastCommit: String?
        public var lastCommitMilliseconds: Double?
        public var nextRetention: String?
        public var slowDisk: SlowDisk?
        /// Damaged databases that were set aside and are still there.
        public var damagedFiles: [String] = []
        /// How far the salvage of the last of them has come, 0 to 1; nil when none is under way.
        public var salvageProgress: Double?
        /// Readings that were lost with damaged files.
        public var lostReadings = 0

        public init(path: String, databaseBytes: Int64, walBytes: Int64, freeBytes: Int64) {
            self.path = path
            self.databaseBytes = databaseBytes
            self.walBytes = walBytes
            self.freeBytes = freeBytes
        }
    }

    public struct Ledger: Codable, Sendable, Equatable {
        public var balanced: Bool
        public var messages: Counts
        public var readings: Counts

        public init(balanced: Bool, messages: Counts, readings: Counts) {
            self.balanced = balanced
            self.messages = messages
            self.readings = readings
        }

        public struct Counts: Codable, Sendable, Equatable {
            public var received: Int
            public var stored: Int
            public var duplicate: Int
            public var quarantined: Int
            public var rejected: Int

            public init(received: Int, stored: Int, duplicate: Int, quarantined: Int, rejected: Int) {
                self.received = received
                self.stored = stored
                self.duplicate = duplicate
                self.quarantined = quarantined
                self.rejected = rejected
            }
        }
    }

    public struct Aggregates: Codable, Sendable, Equatable {
        /// Windows written since the start.
        public var closed: Int
        /// Of these, corrections of windows that were written before.
        public var revised: Int
        /// Windows that have changed and are not computed yet.
        public var waiting: Int
        public var closedUntil: String?

        public init(closed: Int, revised: Int, waiting: Int, closedUntil: String?) {
            self.closed = closed
            self.revised = revised
            self.waiting = waiting
            self.closedUntil = closedUntil
        }
    }

    public struct Sensor: Codable, Sendable, Equatable {
        public var device: String
        public var type: String
        public var quantity: String
        public var unit: String
        public var value: Double
        public var time: String
        public var ageSeconds: Double
        /// QARTOD: 1 good, 2 not evaluated, 3 suspect, 4 fail.
        public var flag: Int
        /// Silent for more than three times its expected interval; nil when no interval is configured.
        public var isLate: Bool?

        public init(
            device: String, type: String, quantity: String, unit: String, value: Double, time: String,
            ageSeconds: Double, flag: Int, isLate: Bool?
        ) {
            self.device = device
            self.type = type
            self.quantity = quantity
            self.unit = unit
            self.value = value
            self.time = time
            self.ageSeconds = ageSeconds
            self.flag = flag
            self.isLate = isLate
        }
    }

    /// Whether a technician should look: the broker away, the storage failing or slow, a damaged database that was set
    /// aside, a quota that cannot be kept, the ledger out of balance, a clock that cannot be right, a partner that cannot be reached.
    public var hasProblem: Bool {
        !isRunning || broker.map { $0.state != "connected" } ?? true || storage.failure != nil
            || !storage.damagedFiles.isEmpty || !ledger.balanced || storage.slowDisk?.isSlow ?? false
            || !(clock?.isTrusted ?? true) || space?.condition == "too_small"
            || partners.contains { !$0.balanced || $0.failure != nil }
    }
}
