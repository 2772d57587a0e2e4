import Forwarding
import GatewayConfiguration
import HTTP
import Secrets

/// Makes a partner's sink from its configuration. On the partner's thread.
struct SinkMaker: Sendable {
    let partner: Configuration.PartnerSection
    let gateway: String

    /// - Throws: where a secret cannot be read, or a library is not installed.
    func make() throws(SinkFailure) -> any Sink {
        switch partner.sink {
        case .lineProtocol: try lineProtocol()
        default:
            throw SinkFailure(
                .misconfigured, operation: "make a sink", place: partner.name, cause: "not in this version")
        }
    }

    private func lineProtocol() throws(SinkFailure) -> any Sink {
        var options = LineProtocolOptions(url: partner.address.url)
        options.authorization = try authorization()
        options.isCompressed = partner.details.isCompressed
        options.correction = partner.details.correctionsFollow ? .follows : .replaces
        return try LineProtocolSink(options, exchange: try client())
    }

    // MARK: - HTTP

    func client() throws(SinkFailure) -> HTTPClient {
        var options = HTTPOptions()
        options.caFile = partner.access.caFile
        options.certificateFile = partner.access.certificateFile
        options.keyFile = partner.access.keyFile
        options.proxy = partner.address.proxy
        options.totalMilliseconds = Int(partner.address.timeoutMilliseconds)
        options.connectMilliseconds = min(options.connectMilliseconds, options.totalMilliseconds)
        options.userAgent = "poort/\(GatewayVersion.number)"
        do throws(HTTPError) {
            return try HTTPClient(options)
        } catch {
            throw SinkFailure(error, operation: "connect")
        }
    }

    func authorization() throws(SinkFailure) -> HTTPAuthorization {
        let access = partner.access
        if let token = try secret(access.token) {
            return access.tokenScheme == "Token" ? .token(token) : .bearer(token)
        }
        guard let username = access.username else { return .none }
        return .basic(username: username, password: try secret(access.password) ?? Secret(""))
    }

    /// What stands at that place now.
    func secret(_ place: Configuration.SecretPlace?) throws(SinkFailure) -> Secret? {
        guard let place else { return nil }
        do throws(GatewayError) {
            return try SecretFile.read(place)
        } catch {
            throw SinkFailure(
                .misconfigured, operation: error.operation, place: partner.name, cause: error.cause, hint: error.hint)
        }
    }
}
