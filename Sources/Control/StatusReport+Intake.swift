/// How messages come in.
extension StatusReport {
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
}
