import Forwarding
import GatewayConfiguration
import HTTP
import MQTT
import Secrets
import Telemetry

/// Makes a partner's sink from its configuration. On the partner's thread.
struct SinkMaker: Sendable {
    let partner: Configuration.PartnerSection
    let gateway: String

    private var access: Configuration.PartnerAccess { partner.access }
    private var details: Configuration.SinkDetails { partner.details }
    private var timeout: Int { Int(partner.address.timeoutMilliseconds) }

    /// - Throws: where a secret cannot be read, or a library is not installed.
    func make() throws(SinkFailure) -> any Sink {
        switch partner.sink {
        case .mqtt: try mqtt()
        case .lineProtocol: try lineProtocol()
        case .postgreSQL: try postgreSQL()
        case .kafka: try kafka()
        case .file: try file()
        case .sensorThings: try sensorThings()
        case .ngsiLD: try ngsiLD()
        case .arcGIS: try arcGIS()
        }
    }

    private func mqtt() throws(SinkFailure) -> any Sink {
        guard let address = BrokerAddress(partner.address.url) else { throw wrongAddress }
        var connection = MQTTOptions(
            host: address.host, port: address.port, clientID: details.clientID ?? "poort-\(gateway)-\(partner.name)")
        if address.usesTLS {
            connection.tls = MQTTOptions.TLS(
                caFile: access.caFile, certificateFile: access.certificateFile, keyFile: access.keyFile)
        }
        connection.username = access.username
        connection.password = try secret(access.password)
        var options = MQTTSinkOptions(connection)
        if let topic = details.topic { options.topic = topic }
        options.deliveryMilliseconds = timeout
        return try MQTTSink(options)
    }

    private func lineProtocol() throws(SinkFailure) -> any Sink {
        var options = LineProtocolOptions(url: partner.address.url)
        options.authorization = try authorization()
        options.isCompressed = details.isCompressed
        options.correction = details.correctionsFollow ? .follows : .replaces
        return try LineProtocolSink(options, exchange: try client())
    }

    private func postgreSQL() throws(SinkFailure) -> any Sink {
        guard var options = PostgreSQLOptions(url: partner.address.url) else { throw wrongAddress }
        options.password = try secret(access.password)
        options.caFile = access.caFile
        options.certificateFile = access.certificateFile
        options.keyFile = access.keyFile
        if let table = details.table { options.table = table }
        options.fields = partner.contract.fields
        options.deliveryMilliseconds = timeout
        return try PostgreSQLSink(options)
    }

    private func kafka() throws(SinkFailure) -> any Sink {
        let authority = partner.address.url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first
        var options = KafkaOptions(
            servers: (authority ?? "").split(separator: ",").map(String.init),
            topic: details.topic ?? "poort.aggregates")
        options.clientID = "poort-\(gateway)"
        options.isEncrypted = partner.address.usesTLS
        options.caFile = access.caFile
        options.certificateFile = access.certificateFile
        options.keyFile = access.keyFile
        options.username = access.username
        options.password = try secret(access.password)
        options.deliveryMilliseconds = timeout
        return try KafkaSink(options)
    }

    private func file() throws(SinkFailure) -> any Sink {
        var options = FileOptions(directory: details.directory ?? "", name: "\(gateway)-\(partner.name)")
        options.format = details.isCSV ? .csv : .lines
        options.mostFileBytes = details.rotateBytes
        options.keptFiles = details.keptFiles
        options.isMounted = details.mustBeMounted
        options.fields = partner.contract.fields
        return try FileSink(options)
    }

    // MARK: - HTTP

    private func sensorThings() throws(SinkFailure) -> any Sink {
        var options = SensorThingsOptions(url: partner.address.url)
        options.authorization = try authorization()
        options.ids = details.hasClientIDs ? .client : .server
        return try SensorThingsSink(options, exchange: try client())
    }

    private func ngsiLD() throws(SinkFailure) -> any Sink {
        var options = NGSILDOptions(url: partner.address.url)
        options.authorization = try authorization()
        options.tenant = details.tenant
        if !details.context.isEmpty { options.context = details.context }
        return try NGSILDSink(options, exchange: try client())
    }

    private func arcGIS() throws(SinkFailure) -> any Sink {
        var options = ArcGISOptions(url: partner.address.url)
        options.credentials = try credentials()
        return try ArcGISSink(options, exchange: try client())
    }

    private func credentials() throws(SinkFailure) -> ArcGISCredentials {
        if let token = try secret(access.token) { return .token(token) }
        guard let url = access.tokenURL, let name = access.username, let password = try secret(access.password) else {
            return .none
        }
        return url.hasSuffix("/generateToken")
            ? .account(url: url, username: name, password: password) : .app(url: url, id: name, secret: password)
    }

    private func client() throws(SinkFailure) -> HTTPClient {
        var options = HTTPOptions()
        options.caFile = access.caFile
        options.certificateFile = access.certificateFile
        options.keyFile = access.keyFile
        options.proxy = partner.address.proxy
        options.totalMilliseconds = timeout
        options.connectMilliseconds = min(options.connectMilliseconds, timeout)
        options.userAgent = "poort/\(GatewayVersion.number)"
        do throws(HTTPError) {
            return try HTTPClient(options)
        } catch {
            throw SinkFailure(error, operation: "connect")
        }
    }

    private func authorization() throws(SinkFailure) -> HTTPAuthorization {
        if let token = try secret(access.token) {
            return access.tokenScheme == "Token" ? .token(token) : .bearer(token)
        }
        guard let username = access.username else { return .none }
        return .basic(username: username, password: try secret(access.password) ?? Secret(""))
    }

    // MARK: - Secrets

    /// What stands at that place now.
    private func secret(_ place: Configuration.SecretPlace?) throws(SinkFailure) -> Secret? {
        guard let place else { return nil }
        do throws(GatewayError) {
            return try SecretFile.read(place)
        } catch {
            throw failure(error.operation, cause: error.cause, hint: error.hint)
        }
    }

    /// As a server may repeat them: as they stand there, and as they go over HTTP.
    var secrets: [String] {
        let texts = [access.token, access.password].compactMap { try? secret($0)?.text }
        var secrets = texts
        for text in texts {
            if let username = access.username {
                let header = HTTPAuthorization.basic(username: username, password: Secret(text)).header
                if case .secret(_, let encoded)? = header?.value { secrets.append(encoded.text) }
            }
        }
        // The longest first: one may hold another.
        return secrets.sorted { $0.count > $1.count }
    }

    private var wrongAddress: SinkFailure {
        failure("use the url", cause: "it cannot be taken apart", hint: "poort check says what it must look like")
    }

    private func failure(_ operation: String, cause: String, hint: String = "") -> SinkFailure {
        SinkFailure(.misconfigured, operation: operation, place: partner.name, cause: cause, hint: hint)
    }
}
