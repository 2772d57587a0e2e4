public import GatewayConfiguration
import Glibc
import Ingest
public import MQTT

/// How a command reaches the gateway's broker beside the daemon.
public enum BrokerAccess {
    /// The gateway's address and credentials, with a client id and a session of the command's own, so that the daemon's
    /// is left alone.
    /// - Parameter purpose: becomes part of the client id.
    /// - Throws: when the password cannot be read.
    public static func options(of configuration: Configuration, purpose: String) throws(GatewayError) -> MQTTOptions {
        var options = try Wiring(configuration).brokerOptions().connection
        options.clientID = "\(options.clientID)-\(purpose)-\(getpid())"
        options.sessionExpirySeconds = 0
        return options
    }
}
