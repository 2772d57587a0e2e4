import Forwarding
import GatewayConfiguration
import Secrets

/// Makes a partner's sink from its configuration. On the partner's thread.
struct SinkMaker: Sendable {
    let partner: Configuration.PartnerSection
    let gateway: String

    /// - Throws: where a secret cannot be read, or a library is not installed.
    func make() throws(SinkFailure) -> any Sink {
        throw SinkFailure(.misconfigured, operation: "make a sink", place: partner.name, cause: "not in this version")
    }

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
