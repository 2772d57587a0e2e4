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

    /// A file that must be there, with the key that names it; of partners, of whom there may be several.
    public struct NamedFile: Sendable, Hashable {
        public var path: String
        public var key: String
        public var place: Place
    }

    /// Those of partners.
    public private(set) var partnerFiles: [NamedFile] = []

    mutating func note(_ path: String, as key: String, at place: Place) {
        partnerFiles.append(NamedFile(path: path, key: key, place: place))
    }

    public internal(set) subscript(key: Key) -> Place {
        get { places[key] ?? Place(file: file, line: 0, column: 0) }
        set { places[key] = newValue }
    }
}
