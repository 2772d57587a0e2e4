@testable import GatewayConfiguration
import Telemetry
import TestKit
import Testing

/// What is shipped works as it is.
@Suite("Shipped files")
struct ShippedFilesTests {
    private let directory = TemporaryDirectory()

    /// - Returns: what `poort check` has to say against it, on whichever box it is meant for.
    private func check(_ path: String) throws -> String? {
        let run = try ChildProcess(GatewayProcess.executable, ["check", "--elsewhere", "--config", path])
        let isFine = run.wait() == .exited(0) && !run.standardOutput.contains("(warning)")
        return isFine ? nil : run.standardOutput + run.standardError
    }

    private func fingerprint(_ path: String) throws -> Substring? {
        let run = try ChildProcess(GatewayProcess.executable, ["check", "--elsewhere", "--config", path])
        #expect(run.wait() == .exited(0), "\(run.standardOutput)")
        return run.standardOutput.split(separator: "fingerprint ").last
    }

    private static let names = TemporaryDirectory.names(in: "\(PackageFolder.path)/Config").sorted()

    @Test("every configuration passes poort check", arguments: names)
    func configurations(name: String) throws {
        #expect(try check("\(PackageFolder.path)/Config/\(name)") == nil)
    }

    // MARK: - The file of every key

    private static func poortTOML() throws -> String {
        try #require(TemporaryDirectory.read("\(PackageFolder.path)/Config/poort.toml"))
    }

    /// The file as if nothing in it were commented out, but for keys that exclude others or stand for what differs from
    /// box to box.
    private static func uncommented(_ text: some StringProtocol) -> String {
        // Partners, each of which has keys that exclude others', are looked at by themselves.
        let border = text.firstRange(of: "# [[partner]]")?.lowerBound ?? text.endIndex
        return text[..<border].split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let isKey =
                line.hasPrefix("# ") && line.dropFirst(2).prefix { $0.isLetter || $0 == "_" }.count > 1
                && line.contains(" = ")
            let isLeftOut = [
                "file", "password", "client_id", "name", "device", "quantity = \"what\"", "username", "status_topic",
            ]
            .contains { line.contains("# \($0)") || line.contains("_\($0) = ") }
            return isKey && !isLeftOut ? String(line.dropFirst(2)) : String(line)
        }.joined(separator: "\n") + text[border...]
    }

    @Test("the commented keys of the full configuration hold as well")
    func commentedKeys() throws {
        let shipped = try ShippedFilesTests.poortTOML()
        let whole = ShippedFilesTests.uncommented(shipped)
        func comments(_ text: String) -> Int { text.split(separator: "\n").count { $0.hasPrefix("#") } }
        #expect(comments(whole) + 30 < comments(shipped))
        #expect(try check(directory.write(whole, to: "poort.toml")) == nil)
    }

    @Test("the commented keys of its general part show the defaults")
    func defaults() throws {
        let shipped = try ShippedFilesTests.poortTOML()
        let border = try #require(shipped.firstRange(of: "# Which topics to take")).lowerBound
        let whole = ShippedFilesTests.uncommented(shipped[..<border]) + shipped[border...]
        let path = directory.write(whole, to: "poort.toml")
        #expect(try fingerprint(path) == fingerprint("\(PackageFolder.path)/Config/poort.toml"))
    }

    @Test("the full configuration shows every key that is read, in its table, and every format")
    func everyKey() throws {
        let shipped = try ShippedFilesTests.poortTOML()
        let complaints = Complaints()
        _ = ConfigurationReader(complaints: complaints).read(
            try TOMLNode.parse(ShippedFilesTests.uncommented(shipped), file: "poort.toml"))
        for sink in Configuration.SinkKind.allCases {
            let partner = "[[partner]]\nname = \"x\"\nsink = \"\(sink.rawValue)\"\nshare = [{ tier = [\"1h\"] }]\n"
            _ = ConfigurationReader(complaints: complaints).read(try TOMLNode.parse(partner, file: "partner.toml"))
        }
        let sections = ShippedFilesTests.sections(of: shipped.replacing("# [[partner]]", with: "[[partner]]"))
        for (path, keys) in complaints.knownKeys {
            let table = path.split(separator: ".").first.map(String.init) ?? ""
            for key in keys where key != "password" && key != "token" {
                if table.isEmpty {
                    #expect(sections[key] != nil, "there is no [\(key)]")
                } else {
                    #expect(ShippedFilesTests.shows(key, in: sections[table] ?? ""), "\(key) of [\(path)]")
                }
            }
        }
        #expect(complaints.knownKeys.count >= 15, "\(complaints.knownKeys.keys.sorted())")
        for format in PayloadFormat.allCases {
            #expect(
                shipped.contains(" \(format.rawValue),") || shipped.contains(" \(format.rawValue).")
                    || shipped.contains("# \(format.rawValue),"), "\(format.rawValue)")
        }
    }

    @Test("each commented key of a partner holds with its sink", arguments: Configuration.SinkKind.allCases)
    func partnerKeys(sink: Configuration.SinkKind) throws {
        let shipped = try ShippedFilesTests.poortTOML()
        let section = try #require(shipped.firstRange(of: "# [[partner]]")).upperBound
        var lines: [Substring] = []
        for line in shipped[section...].split(separator: "\n") {
            // What a key's comment begins with says of which sink it is.
            let key = line.dropFirst(2).prefix { $0 != " " }
            let comment = line.split(separator: " # ").last ?? ""
            let others = Configuration.SinkKind.allCases.filter { $0 != sink }.map(\.rawValue)
            let isAnothers = others.contains { comment.drop { $0 == " " }.hasPrefix($0) }
            let isChoice = [
                "name", "sink", "url", "token_file", "token_credential", "password_credential", "directory",
            ]
            .contains(String(key))
            let isOfHTTP = ["token", "proxy"].contains { key.hasPrefix($0) }
            let isHTTP = ![.mqtt, .postgreSQL, .kafka, .file].contains(sink)
            let isOfServer = ["username", "password", "ca_file", "certificate", "key_file", "timeout"].contains {
                key.hasPrefix($0)
            }
            if isAnothers || isChoice || isOfHTTP && !isHTTP || isOfServer && sink == .file { continue }
            if key == "username", sink == .postgreSQL { continue }
            if key == "topic", sink != .mqtt { continue }
            if key == "token_scheme", sink == .arcGIS { continue }
            lines.append(line.dropFirst(2))
        }
        let urls: [Configuration.SinkKind: String] = [
            .mqtt: "mqtts://b.example.org", .postgreSQL: "postgresql://u@d.example.org/c",
            .kafka: "kafkas://k.example.org:9093",
        ]
        let place =
            sink == .file ? "directory = \"/mnt/usb\"" : "url = \"\(urls[sink] ?? "https://h.example.org/x")\""
        let text =
            """
            [[source]]
            topic = "{type}/{device}/{quantity}"
            [[partner]]
            name = "x"
            sink = "\(sink.rawValue)"
            \(place)
            \(lines.joined(separator: "\n"))
            """
        #expect(lines.count > 8)
        #expect(try check(directory.write(text, to: "poort.toml")) == nil, "\(text)")
    }

    /// The text of each table, those of one name together.
    private static func sections(of text: String) -> [String: String] {
        var sections: [String: String] = [:]
        var current = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("[") {
                let name = line.drop { $0 == "[" }.prefix { $0 != "]" && $0 != "." }
                current = String(name)
                sections[current, default: ""] += line.contains(".") ? "\(line)\n" : ""
            } else {
                sections[current, default: ""] += line + "\n"
            }
        }
        return sections
    }

    /// Whether a key stands there, commented out or not, with a value behind it.
    private static func shows(_ key: String, in section: String) -> Bool {
        [" \(key) = ", "\n\(key) = ", "\"\(key)\" = "].contains { "\n\(section)".contains($0) }
    }

    // MARK: - Documents

    private static let documents: [String] = {
        let docs = TemporaryDirectory.names(in: "\(PackageFolder.path)/Docs").filter { $0.hasSuffix(".md") }.sorted()
        let partners = TemporaryDirectory.names(in: "\(PackageFolder.path)/Docs/partners").sorted()
        return ["README.md", "CONTRIBUTING.md"] + docs.map { "Docs/\($0)" } + partners.map { "Docs/partners/\($0)" }
    }()

    @Test("every configuration in a document passes poort check", arguments: documents)
    func document(name: String) throws {
        let text = try #require(TemporaryDirectory.read("\(PackageFolder.path)/\(name)"))
        let snippets = text.split(separator: "```toml\n").dropFirst().compactMap { $0.split(separator: "```").first }
        if name == "README.md" { #expect(!snippets.isEmpty) }
        for snippet in snippets {
            // A part of a configuration is shown with what it is about alone.
            let rest = snippet.contains("[[source]]") ? "" : "\n[[source]]\ntopic = \"{device}/{quantity}\"\n"
            #expect(try check(directory.write(snippet + rest, to: "poort.toml")) == nil, "\(snippet)")
        }
    }
}
