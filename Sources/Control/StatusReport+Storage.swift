/// What is kept of them.
extension StatusReport {
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
}
