import Storage

/// What this build is.
public enum GatewayVersion {
    public static let number = "0.1.0"
    /// The newest schema of the database that it reads, and the one that it writes.
    public static var schema: Int { Int(Store.schemaVersion) }
}
