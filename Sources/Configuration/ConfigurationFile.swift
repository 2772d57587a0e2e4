import Glibc
import Telemetry

/// Reads a configuration file and the `conf.d/*.toml` beside it.
public enum ConfigurationFile {
    /// - Throws: every complaint at once.
    public static func load(path: String) throws(ConfigurationError) -> Configuration {
        var root = try read(path)
        for extra in extraFiles(besides: path) {
            root = merged(root, with: try read(extra))
        }
        return try check(root)
    }

    /// For tests and for text that is not in a file.
    public static func load(text: String, name: String) throws(ConfigurationError) -> Configuration {
        try check(TOMLNode.parse(text, file: name))
    }

    private static func check(_ root: TOMLNode) throws(ConfigurationError) -> Configuration {
        let complaints = Complaints()
        var configuration = ConfigurationReader(complaints: complaints).read(root)
        if !complaints.errors.isEmpty {
            throw ConfigurationError(complaints: complaints.errors.sorted { $0.place.isBefore($1.place) })
        }
        configuration.warnings = complaints.warnings.sorted { $0.place.isBefore($1.place) }
        configuration.fingerprint = Fingerprint.of(configuration)
        return configuration
    }

    private static let maximumBytes = 1 << 20

    private static func read(_ path: String) throws(ConfigurationError) -> TOMLNode {
        func fail(_ cause: String) -> ConfigurationError {
            ConfigurationError(complaints: [Complaint(place: Place(file: path, line: 0, column: 0), message: cause)])
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let hint = errno == ENOENT ? "; name the file with --config, or write it after Config/poort.toml" : ""
            throw fail("cannot open: \(String(cString: strerror(errno)))\(hint)")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count) }
            if got < 0 { throw fail("cannot read: \(String(cString: strerror(errno)))") }
            if got == 0 { break }
            count += got
        }
        if count > maximumBytes { throw fail("larger than 1 MiB; is this a configuration?") }
        guard let text = String(validating: bytes[..<count], as: UTF8.self) else { throw fail("not UTF-8 text") }
        return try TOMLNode.parse(text, file: path)
    }

    /// The `*.toml` of `conf.d`, in the order of their names.
    private static func extraFiles(besides path: String) -> [String] {
        let folder = (path.lastIndex(of: "/").map { String(path[...$0]) } ?? "") + "conf.d"
        guard let directory = opendir(folder) else { return [] }
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
                if let index = fields.firstIndex(where: { $0.key == field.key }) {
                    fields[index].node = merged(fields[index].node, with: field.node)
                } else {
                    fields.append(field)
                }
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

extension TOMLNode {
    fileprivate var isTable: Bool {
        if case .table = value { true } else { false }
    }
}

extension Place {
    fileprivate func isBefore(_ other: Place) -> Bool {
        (file, line, column) < (other.file, other.line, other.column)
    }
}

/// A short name for a configuration's content.
private enum Fingerprint {
    static func of(_ configuration: Configuration) -> String {
        var plain = configuration
        plain.warnings = []
        // FNV-1a over a description in which dictionaries stand in a fixed order.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in description(of: plain).utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    private static func description(of value: Any) -> String {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .dictionary {
            return "{" + mirror.children.map { description(of: $0.value) }.sorted().joined(separator: ",") + "}"
        }
        if mirror.children.isEmpty { return "\(value)" }
        return "("
            + mirror.children.map { "\($0.label ?? ""):\(description(of: $0.value))" }.joined(separator: ",") + ")"
    }
}
