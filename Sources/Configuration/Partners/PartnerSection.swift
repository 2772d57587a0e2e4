public import Telemetry

extension Configuration {
    /// Somebody who gets aggregates: what, and where to.
    public struct PartnerSection: Sendable, Hashable {
        /// As in the ledger; no two are the same.
        public var name = ""
        public var sink = SinkKind.lineProtocol
        public var contract = Contract(rules: [])
        /// Rows a second at most; nil without a limit.
        public var rowsPerSecond: Int? = PartnerSection.usualRowsPerSecond
        /// How long what has not gone is kept for it; nil without a limit.
        public var backlogMilliseconds: Int64? = PartnerSection.usualBacklogMilliseconds
        public var address = PartnerAddress()
        public var access = PartnerAccess()
        /// What only some sinks have, by the names of their keys.
        public var details = SinkDetails()

        public init() {}

        /// Where it is, for people: of a url what stands before the query, which may name more than a person wants to see.
        public var shownAddress: String {
            if let directory = details.directory { return directory }
            return String(address.url.prefix { $0 != "?" })
        }

        /// Kind to a central server, and a day of five hundred series in a quarter of an hour.
        public static let usualRowsPerSecond = 1000
        public static let usualBacklogMilliseconds: Int64 = 30 * 86_400_000
    }

    /// How a partner is spoken to. The raw value is its name in the configuration.
    public enum SinkKind: String, Sendable, Hashable, CaseIterable {
        case mqtt
        case lineProtocol = "line-protocol"
        case sensorThings = "sensorthings"
        case ngsiLD = "ngsi-ld"
        case arcGIS = "arcgis"
        case postgreSQL = "postgresql"
        case kafka
        case file
    }

    /// Where a partner's server is.
    public struct PartnerAddress: Sendable, Hashable {
        /// Checked, without credentials; empty for a file.
        public var url = ""
        /// Whether what is sent is encrypted.
        public var usesTLS = false
        public var isLoopback = false
        /// `http://host:port`; nil for none.
        public var proxy: String?
        public var timeoutMilliseconds: Int64 = 30_000

        public init() {}
    }

    /// As whom a partner's server is spoken to.
    public struct PartnerAccess: Sendable, Hashable {
        public var username: String?
        public var password: SecretPlace?
        /// In place of a username and password.
        public var token: SecretPlace?
        /// Where a token is asked for, with the username and password: ArcGIS.
        public var tokenURL: String?
        /// How a token is announced.
        public var tokenScheme = "Bearer"
        public var caFile: String?
        public var certificateFile: String?
        public var keyFile: String?

        public init() {}
    }

    /// Where a secret is: never in the configuration itself.
    public enum SecretPlace: Sendable, Hashable {
        case file(String)
        /// Of systemd's, by its name.
        case credential(String)
    }

    /// Keys of single sinks; nil where they have their default.
    public struct SinkDetails: Sendable, Hashable {
        /// Of MQTT, with `{gateway}`, `{type}`, `{device}`, `{quantity}`, `{tier}` in it; of Kafka.
        public var topic: String?
        public var clientID: String?
        public var isCompressed = true
        /// Whether a correction lies behind what it corrects, for servers that keep both.
        public var correctionsFollow = false
        public var tenant: String?
        public var context: [String] = []
        /// Whether a SensorThings server lets its clients number what they make.
        public var hasClientIDs = false
        /// `schema.table` of PostgreSQL.
        public var table: String?
        /// Of files.
        public var directory: String?
        public var isCSV = false
        public var rotateBytes: Int64 = 64 << 20
        public var keptFiles: Int?
        /// Nil: from the time on at which it was mounted first.
        public var mustBeMounted: Bool?

        public init() {}
    }
}
