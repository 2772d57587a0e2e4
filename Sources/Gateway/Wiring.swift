import Secrets
import GatewayConfiguration
import Decoding
import Ingest
import MQTT
import Processing
import Storage
import Telemetry

/// Translates a checked configuration into what each room asks for.
struct Wiring {
    let configuration: Configuration

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    var sourceNames: [String] { configuration.sources.map(\.name) }
    var ringCapacity: Int { configuration.processing.ringCapacity }

    var timeGate: TimeGate {
        TimeGate(
            aheadToleranceMilliseconds: configuration.processing.clockAheadMilliseconds,
            retentionMilliseconds: configuration.storage.rawRetention)
    }

    var coreSettings: CoreSettings {
        var settings = CoreSettings()
        settings.latenessMilliseconds = configuration.processing.latenessMilliseconds
        settings.lateDelayMilliseconds = configuration.processing.lateDelayMilliseconds
        settings.clockAheadMilliseconds = configuration.processing.clockAheadMilliseconds
        settings.clockPolicy = ClockTrust.Policy(rawValue: configuration.processing.clock.rawValue) ?? .auto
        settings.rawRetentionMilliseconds = configuration.storage.rawRetention
        settings.tierRetentionMilliseconds = configuration.storage.tierRetention
        settings.quota = configuration.storage.quotaBytes.map { QuotaSettings(bytes: $0) }
        settings.wear = WearSettings(
            commitInterval: configuration.storage.commitIntervalMilliseconds,
            budgetBytesPerDay: configuration.storage.flashBudgetBytesPerDay,
            keepAliveSeconds: configuration.broker.keepAliveSeconds)
        settings.configurationFingerprint = configuration.fingerprint
        settings.partners = configuration.partners.map { ($0.name, $0.backlogMilliseconds) }
        let options = configuration.decoderOptions
        settings.mask = options.personalDataMask
        let quantities = QuantityDirectory(options)
        settings.quantity = { quantities.quantity($0.quantity, of: $0.device) }
        return settings
    }

    var storeOptions: StoreOptions {
        StoreOptions(
            pageSize: configuration.storage.pageSizeBytes,
            quarantineLimitBytes: configuration.storage.quarantineLimitBytes)
    }

    /// A broker may send a message once for each subscription that matches it (MQTT 5.0, 3.3.4), so a filter that another
    /// one covers is left out.
    var subscriptions: [String] {
        let topics = configuration.sources.map(\.topic)
        var filters: [String] = []
        for (index, topic) in topics.enumerated() {
            let isCovered = topics.enumerated().contains { other, candidate in
                other != index && candidate.covers(topic) && (!topic.covers(candidate) || other < index)
            }
            if !isCovered { filters.append(topic.filter) }
        }
        return filters
    }

    /// - Throws: when the password cannot be read.
    func brokerOptions() throws(GatewayError) -> BrokerOptions {
        let broker = configuration.broker
        var connection = MQTTOptions(host: broker.host, port: broker.port, clientID: broker.clientID)
        if broker.usesTLS {
            connection.tls = MQTTOptions.TLS(
                caFile: broker.caFile, certificateFile: broker.certificateFile, keyFile: broker.keyFile)
        }
        connection.username = broker.username
        connection.password = try password()
        connection.keepAliveSeconds = broker.keepAliveSeconds
        connection.sessionExpirySeconds = UInt32(clamping: broker.sessionExpirySeconds)
        connection.receiveMaximum = broker.receiveMaximum
        connection.maximumPacketBytes = UInt32(clamping: broker.maximumPacketBytes)
        return BrokerOptions(
            connection: connection, subscriptions: subscriptions,
            statusTopic: broker.statusTopic,
            commitIntervalMilliseconds: configuration.storage.commitIntervalMilliseconds)
    }

    /// - Throws: when it cannot be read.
    func password() throws(GatewayError) -> Secret? {
        if let file = configuration.broker.passwordFile { return try SecretFile.read(.file(file)) }
        return try configuration.broker.passwordCredential.map { name throws(GatewayError) in
            try SecretFile.read(.credential(name))
        }
    }
}
