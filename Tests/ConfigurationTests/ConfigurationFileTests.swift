@testable import GatewayConfiguration
import Glibc
import Telemetry
import TestKit
import Testing

@Suite("Configuration files")
struct ConfigurationFileTests {
    private let directory = TemporaryDirectory()

    private func failure(_ path: String) -> String {
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.load(path: path) }
        #expect(error?.complaints.count == 1)
        return error?.description ?? ""
    }

    @Test("that cannot be read are refused with the path and the reason")
    func unreadable() {
        let missing = directory.file("none.toml")
        #expect(failure(missing).hasPrefix("\(missing): cannot open: No such file or directory; name the file"))
        #expect(failure(directory.path).contains("directory"))
        let binary = directory.file("binary.toml")
        let descriptor = open(binary, O_WRONLY | O_CREAT, 0o644)
        _ = write(descriptor, [0x61, 0xFF, 0xFE] as [UInt8], 3)
        close(descriptor)
        #expect(failure(binary) == "\(binary): not UTF-8 text")
        let comment = "# " + String(repeating: "x", count: 1 << 20) + "\n"
        #expect(failure(directory.write(leastSource + comment, to: "large.toml")).contains("larger than 1 MiB"))
        let fitting = "#" + String(repeating: "x", count: (1 << 20) - leastSource.utf8.count - 2) + "\n"
        #expect(throws: Never.self) {
            try ConfigurationFile.load(path: directory.write(leastSource + fitting, to: "fits.toml"))
        }
    }

    @Test("of conf.d are merged in the order of their names, and only those that end in .toml")
    func merged() throws {
        let path = directory.write(leastSource + "[broker]\nclient_id = \"base\"\nusername = \"u\"\n", to: "poort.toml")
        #expect(mkdir(directory.file("conf.d"), 0o755) == 0)
        directory.write("[broker]\nclient_id = \"ten\"\n[[device]]\nid = \"b\"\n", to: "conf.d/10.toml")
        directory.write(
            "[broker]\nclient_id = \"two\"\n[[device]]\nid = \"c\"\n[quantity.pm10]\nkind = \"gauge\"\n",
            to: "conf.d/2.toml")
        directory.write(
            "[[device]]\nid = \"a\"\n[[source]]\nname = \"s\"\ntopic = \"{device}/{quantity}\"\n", to: "conf.d/05.toml")
        for ignored in ["conf.d/x.toml.bak", "conf.d/.hidden.toml", "conf.d/README"] {
            directory.write("not TOML", to: ignored)
        }
        let read = try ConfigurationFile.load(path: path)
        #expect(read.broker.clientID == "two", "10 comes before 2")
        #expect(read.broker.username == "u")
        #expect(read.deviceList.map(\.id) == ["a", "b", "c"])
        #expect(read.sources.map(\.name) == ["sensors/{type}/{device}/{quantity}", "s"])
    }

    @Test("of conf.d are named in complaints about them")
    func complaintsNameFile() {
        let path = directory.write(leastSource + "[broker]\nclient_id = \"base\"\n", to: "poort.toml")
        #expect(mkdir(directory.file("conf.d"), 0o755) == 0)
        directory.write("\n[broker]\nclient_id = 5\n", to: "conf.d/a.toml")
        #expect(failure(path).hasPrefix("\(directory.file("conf.d/a.toml")):3:13: "))
        directory.write("[broker", to: "conf.d/a.toml")
        #expect(failure(path).hasPrefix("\(directory.file("conf.d/a.toml")):1:"))
    }

    @Test("of conf.d are where a complaint points about a value that they replace, and are all read")
    func replacedValues() {
        let path = directory.write(leastSource + "[broker]\nkeepalive = \"5s\"\nnone = 1\n", to: "poort.toml")
        #expect(mkdir(directory.file("conf.d"), 0o755) == 0)
        let first = directory.write("[broker]\nkeepalive = 1\n[[device]]\nid = \"a\"\n", to: "conf.d/1.toml")
        let second = directory.write(
            "broker = { keepalive = 7, none = 2 }\ndevice = [{ id = \"a\" }]\n", to: "conf.d/2.toml")
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.load(path: path) }
        let found = error?.complaints.map(\.description) ?? []
        #expect(found.count == 3, "\(found)")
        #expect(found.first?.hasPrefix("\(second):1:24: `keepalive`") == true, "\(found)")
        #expect(found.dropFirst().first?.hasPrefix("\(second):1:27: unknown key `none`") == true, "\(found)")
        #expect(found.last?.hasPrefix("\(second):2:18: ") == true, "\(found)")
        #expect(found.last?.contains("at \(first):4:6 already") == true, "\(found)")

        directory.write("[broker\n", to: "poort.toml")
        directory.write("x = y\n", to: "conf.d/2.toml")
        let broken = #expect(throws: ConfigurationError.self) { try ConfigurationFile.load(path: path) }
        #expect(broken?.complaints.map(\.place.file) == [path, second], "each file's first mistake")
    }

    @Test("have paths that are counted from the directory of the main one")
    func relativePaths() throws {
        let text =
            leastSource + "[storage]\npath = \"data/poort.db\"\n[control]\nsocket = \"./poort.sock\"\n"
            + "[broker]\nurl = \"mqtts://h\"\nusername = \"u\"\npassword_file = \"../secret\"\n"
        let path = directory.write(text, to: "poort.toml")
        #expect(mkdir(directory.file("conf.d"), 0o755) == 0)
        directory.write(
            "[broker]\nca_file = \"ca.crt\"\ncertificate_file = \"/etc/own.crt\"\nkey_file = \"own.key\"\n",
            to: "conf.d/tls.toml")
        let read = try ConfigurationFile.load(path: path)
        #expect(read.storage.path == directory.file("data/poort.db"))
        #expect(read.control.socketPath == directory.file("poort.sock"))
        #expect(read.broker.passwordFile == directory.file("../secret"))
        #expect(read.broker.caFile == directory.file("ca.crt"))
        #expect(read.broker.certificateFile == "/etc/own.crt")
        #expect(read.broker.keyFile == directory.file("own.key"))
        #expect(BaseFolder(of: "/poort.toml").absolute("x") == "/x")
        #expect(BaseFolder(of: "poort.toml").absolute("x").hasPrefix("/"))
        #expect(BaseFolder(of: "./a/poort.toml").absolute("x").hasSuffix("/a/x"))
    }

    @Test("have the same fingerprint for the same content, however it is written")
    func sameFingerprint() throws {
        let one = try load(
            leastSource
                + "[broker]\nclient_id = \"c\"\nkeepalive = \"60s\"\n[storage.retention]\nraw = \"20d\"\n\"1m\" = \"40d\"\n"
        )
        var other = try load(
            "# comment\nstorage.retention = { \"1m\" = \"40d\", raw = \"480h\" }\nbroker = { keepalive = \"1m\", client_id = 'c' }\n"
                + leastSource)
        // Where things stand is no part of what they are.
        other.places = one.places
        #expect(one == other)
        #expect(one.fingerprint == other.fingerprint)
        #expect(one.fingerprint.count == 16 && one.fingerprint.allSatisfy(\.isHexDigit))
    }

    @Test("have another fingerprint for every change of content")
    func otherFingerprints() throws {
        let changes = [
            "", "[broker]\nclient_id = \"nil\"", "[broker]\nusername = \"nil\"", "[broker]\nusername = \"u\"",
            "[broker]\nkeepalive = \"61s\"",
            "[storage.retention]\nraw = \"29d\"", "[storage.retention]\nraw = \"29d\"\n\"1m\" = \"30d\"",
            "[storage.retention]\n\"1m\" = \"forever\"",
            "[devices]\nunknown = \"quarantine\"", "[[device]]\nid = \"a\"",
            "[[device]]\nid = \"a\"\ninterval = \"1s\"", "[[device]]\nid = \"a\"\nowner = \"o\"",
            "[[device]]\nid = \"a\"\naliases = [\"o\"]", "[[device]]\nid = \"a\"\nlabels = { a = \"o\" }",
            "[[device]]\nid = \"a\"\ngeometry = { empty = \"2m\", full = \"1m\" }",
            "[[device]]\nid = \"a\"\nquantity.pm10.gross_range = { fail = [0, 1] }",
            "[[device]]\nid = \"a\"\nquantity.pm1.gross_range = { fail = [0, 1] }",
            "[quantity.pm10]\nkind = \"event\"", "[quantity.own]\nunit = \"%\"\nkind = \"gauge\"",
            "[quantity.pm10]\nrequired_coverage = 0.9", "[quantity.vehicle_count]\ncounter = { bits = 16 }",
            "[quantity.vehicle_count]\ncounter = { bits = 16, maximum_per_second = 5 }",
            "[log]\nlevel = \"debug\"",
        ]
        let fingerprints = try changes.map { try load(leastSource + $0).fingerprint }
        #expect(Set(fingerprints).count == changes.count)
        // Dictionaries have another order in each process, and in each instance.
        for _ in 0..<20 { #expect(try load(leastSource + changes[6]).fingerprint == fingerprints[6]) }
    }
}
