public import Telemetry

/// A configuration that was read and checked. Every value is usable as it is.
public struct Configuration: Sendable, Hashable {
    public var gateway = GatewaySection()
    public var broker = BrokerSection()
    public var storage = StorageSection()
    public var processing = ProcessingSection()
    public var control = ControlSection()
    public var log = LogSection()
    public var devices = DevicePolicySection()
    public var privacy = PrivacySection()
    public var sources: [Source] = []
    /// The built-in quantities with the configuration's changes and additions.
    public var quantities: [Quantity] = []
    public var deviceList: [DeviceSection] = []
    public var partners: [PartnerSection] = []
    /// Which quantities are counted in which others, as the configuration says.
    public var quantityTotals: [String: String] = [:]
    /// What is allowed and yet worth a look.
    public var warnings: [Complaint] = []
    /// Where it names files and directories, for complaints about these.
    public var places = FilePlaces()
    /// Sixteen hexadecimal digits that change with the content.
    public var fingerprint = ""

    public init() {}

    public struct GatewaySection: Sendable, Hashable {
        public var name = "poort"
        /// Of the system's zone database; days are cut by it.
        public var timezone = "Europe/Amsterdam"
    }

    public struct BrokerSection: Sendable, Hashable {
        public var host = "127.0.0.1"
        public var port = 1883
        public var usesTLS = false
        public var caFile: String?
        public var certificateFile: String?
        public var keyFile: String?
        public var clientID = "poort"
        public var username: String?
        public var passwordFile: String?
        /// The name of a systemd credential that holds the password.
        public var passwordCredential: String?
        public var keepAliveSeconds = 60
        public var sessionExpirySeconds: Int64 = 604_800
        public var receiveMaximum = 2000
        public var maximumPacketBytes: Int64 = 2 << 20
        public var statusTopic = "poort/poort/status"
    }

    public struct StorageSection: Sendable, Hashable {
        public var path = "/var/lib/poort/poort.db"
        public var commitIntervalMilliseconds: Int64 = 1000
        /// What may be written to the disk on a day; nil where there is no budget.
        public var flashBudgetBytesPerDay: Int64?
        /// What the database file may use; nil where there is no quota.
        public var quotaBytes: Int64?
        public var pageSizeBytes = 1024
        public var quarantineLimitBytes: Int64 = 64 << 20
        /// Milliseconds; nil for ever.
        public var rawRetention: Int64? = 30 * 86_400_000
        /// Milliseconds by tier; a tier that is absent is kept for ever.
        public var tierRetention: [Tier: Int64] = [
            .minute: 90 * 86_400_000, .quarter: 2 * 31_557_600_000, .hour: 10 * 31_557_600_000,
        ]
    }

    public struct ProcessingSection: Sendable, Hashable {
        public var ringCapacity = 8192
        public var latenessMilliseconds: Int64 = 10_000
        public var lateDelayMilliseconds: Int64 = 5000
        public var clockAheadMilliseconds: Int64 = 300_000
        public var maximumPayloadBytes: Int64 = 256 << 10
        public var seriesLimit = 10_000
        public var clock = ClockPolicy.auto
    }

    /// When the gateway's own clock is believed.
    public enum ClockPolicy: String, Sendable, Hashable, CaseIterable {
        case auto
        case synchronised
        case trusted
    }

    public struct ControlSection: Sendable, Hashable {
        public var socketPath = "/run/poort/poort.sock"
    }

    public struct LogSection: Sendable, Hashable {
        /// A level of swift-log: trace, debug, info, notice, warning, error, critical.
        public var level = "info"
    }

    public struct DevicePolicySection: Sendable, Hashable {
        /// Whether devices without a `[[device]]` are taken in, or their messages quarantined.
        public var acceptsUnknown = true
    }

    public struct PrivacySection: Sendable, Hashable {
        /// Names of keys whose values are personal, beside those that are built in.
        public var keys: [String] = []
    }

    public struct DeviceSection: Sendable, Hashable {
        public var id = ""
        /// Other names under which it sends, such as its DevEUI.
        public var aliases: [String] = []
        public var type = ""
        public var neighbourhood = ""
        /// The place that it shares with other devices, whose figures belong together; empty where it is one by itself.
        public var site = ""
        public var latitude: Double?
        public var longitude: Double?
        public var intervalMilliseconds: Int64?
        public var owner = ""
        /// Whether it stands in somebody's garden or house, so that no partner is to know where.
        public var isPrivate = false
        public var geometry: ContainerGeometry?
        /// At which level a container is to be emptied, in per cent; 80 where it is not given.
        public var fillThreshold: Double?
        /// What its `speed` is of; without it, of vehicles where no interval is expected.
        public var speeds: Speeds?
        /// Free words, for what is shared with whom.
        public var labels: [String: String] = [:]
        /// This device's limits, by quantity.
        public var grossRanges: [String: GrossRangeLimits] = [:]
        /// What this device changes of the other tests' limits, by quantity.
        public var limitChanges: [String: QualityLimitChanges] = [:]
    }
    /// What readings of `speed` are of.
    public enum Speeds: String, Sendable, Hashable, CaseIterable {
        /// Each of one vehicle.
        case vehicles
        /// Each the mean of an interval.
        case means
    }

    /// Collectors act at this level, in per cent.
    public static let usualFillThreshold = 80.0
}
