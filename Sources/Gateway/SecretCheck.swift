public import GatewayConfiguration

/// Whether what the configuration keeps in other files can be read by this user.
public enum SecretCheck {
    /// - Returns: what is wrong with the broker's password file, or nil. A systemd credential is there only when systemd
    ///   starts the daemon, so it is not looked for.
    public static func problem(_ configuration: Configuration) -> GatewayError? {
        guard let file = configuration.broker.passwordFile else { return nil }
        do throws(GatewayError) {
            _ = try SecretFile.read(file)
            return nil
        } catch {
            return error
        }
    }
}
