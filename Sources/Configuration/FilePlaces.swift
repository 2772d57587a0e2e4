/// Where a configuration names files and directories of the box that it is for.
public struct FilePlaces: Sendable, Hashable {
    /// The configuration file itself, which is the place of what has its default.
    public var file = ""
    private var places: [Key: Place] = [:]

    public init() {}

    /// By the names that the keys have.
    public enum Key: String, Sendable, Hashable {
        case passwordFile = "password_file"
        case passwordCredential = "password_credential"
        case authorities = "ca_file"
        case certificate = "certificate_file"
        case privateKey = "key_file"
        case database = "path"
        case socket
    }

    public internal(set) subscript(key: Key) -> Place {
        get { places[key] ?? Place(file: file, line: 0, column: 0) }
        set { places[key] = newValue }
    }
}
