import Glibc

/// Reads a configuration file and the `conf.d/*.toml` beside it.
public enum ConfigurationFile {
    /// - Throws: every complaint at once.
    public static func load(path: String) throws(ConfigurationError) -> Configuration {
        try examine(path: path).usable()
    }

    /// For tests and for text that is not in a file: its paths stay as they are.
    public static func load(text: String, name: String) throws(ConfigurationError) -> Configuration {
        try read(TOMLNode.parse(text, file: name), file: name).usable()
    }

    /// Reads all there is to read, whatever is wrong with it.
    public static func examine(path: String) -> ConfigurationFindings {
        var root: TOMLNode?
        var errors: [Complaint] = []
        do throws(ConfigurationError) {
            root = try parse(path)
        } catch {
            errors += error.complaints
        }
        do throws(ConfigurationError) {
            for extra in try extraFiles(besides: path) {
                do throws(ConfigurationError) {
                    let node = try parse(extra)
                    root = root.map { merged($0, with: node) }
                } catch {
                    errors += error.complaints
                }
            }
        } catch {
            errors += error.complaints
        }
        // What is missing from a file that cannot be read is nobody's mistake.
        guard errors.isEmpty, let root else { return ConfigurationFindings(configuration: nil, errors: errors) }
        return read(root, file: path, folder: BaseFolder(of: path))
    }

    private static func read(_ root: TOMLNode, file: String, folder: BaseFolder? = nil) -> ConfigurationFindings {
        let complaints = Complaints()
        complaints.places.file = file
        var configuration = ConfigurationReader(complaints: complaints, folder: folder).read(root)
        configuration.warnings = complaints.warnings.sorted { $0.place < $1.place }
        configuration.places = complaints.places
        configuration.fingerprint = Fingerprint.of(configuration)
        return ConfigurationFindings(
            configuration: configuration, errors: complaints.errors.sorted { $0.place < $1.place })
    }

    private static let maximumBytes = 1 << 20

    private static func parse(_ path: String) throws(ConfigurationError) -> TOMLNode {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let hint =
                switch errno {
                case ENOENT:
                    "; name the file with --config, or write it after the example, /usr/local/share/doc/poort/poort.toml (Config/poort.toml in the sources)"
                case EACCES: "; your user may not: use sudo, or let it (chmod, chgrp)"
                default: ""
                }
            throw failure(path, "cannot open: \(String(cString: strerror(errno)))\(hint)")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count) }
            if got < 0 { throw failure(path, "cannot read: \(String(cString: strerror(errno)))") }
            if got == 0 { break }
            count += got
        }
        if count > maximumBytes { throw failure(path, "larger than 1 MiB; is this a configuration?") }
        guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
            throw failure(path, "not UTF-8 text")
        }
        return try TOMLNode.parse(text, file: path)
    }

    private static func failure(_ path: String, _ cause: String) -> ConfigurationError {
        ConfigurationError(complaints: [Complaint(place: Place(file: path, line: 0, column: 0), message: cause)])
    }

    /// The `*.toml` of `conf.d`, in the order of their names.
    private static func extraFiles(besides path: String) throws(ConfigurationError) -> [String] {
        let folder = (path.lastIndex(of: "/").map { String(path[...$0]) } ?? "") + "conf.d"
        guard let directory = opendir(folder) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw failure(folder, "cannot read: \(String(cString: strerror(errno)))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".toml"), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted().map { "\(folder)/\($0)" }
    }

    /// Later files add tables and list entries, and replace single values.
    private static func merged(_ base: TOMLNode, with extra: TOMLNode) -> TOMLNode {
        switch (base.value, extra.value) {
        case (.table(var fields), .table(let more)):
            for field in more {
                guard let index = fields.firstIndex(where: { $0.key == field.key }) else {
                    fields.append(field)
                    continue
                }
                let node = merged(fields[index].node, with: field.node)
                // What is replaced stands where its replacement does.
                if node.place == field.node.place { fields[index].keyPlace = field.keyPlace }
                fields[index].node = node
            }
            var result = base
            result.value = .table(fields)
            return result
        case (.array(let items), .array(let more)):
            guard items.allSatisfy(\.isTable), more.allSatisfy(\.isTable) else { return extra }
            var result = base
            result.value = .array(items + more)
            return result
        default: return extra
        }
    }
}

/// What reading a configuration found: all of it, even where some of it is wrong.
public struct ConfigurationFindings: Sendable {
    /// With defaults in place of what is wrong; nil when a file cannot be read or is not TOML.
    public var configuration: Configuration?
    /// In the order of the files.
    public var errors: [Complaint]

    /// - Throws: when anything is wrong.
    public func usable() throws(ConfigurationError) -> Configuration {
        guard errors.isEmpty, let configuration else { throw ConfigurationError(complaints: errors) }
        return configuration
    }
}

extension TOMLNode {
    fileprivate var isTable: Bool {
        if case .table = value { true } else { false }
    }
}
