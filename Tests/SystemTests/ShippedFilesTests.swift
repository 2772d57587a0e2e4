import TestKit
import Testing

/// What is shipped works as it is.
@Suite("Shipped files")
struct ShippedFilesTests {
    private func check(_ path: String) throws -> String? {
        let run = try ChildProcess(GatewayProcess.executable, ["check", "--config", path])
        let isFine = run.wait() == .exited(0) && !run.standardOutput.contains("(warning)")
        return isFine ? nil : run.standardOutput + run.standardError
    }

    @Test(
        "every configuration passes poort check",
        arguments: ["poort", "air-lorawan", "waste-bins", "traffic-counters"])
    func configurations(name: String) throws {
        let complaint = try check("\(PackageFolder.path)/Config/\(name).toml")
        // The password is the installer's to provide.
        if let complaint {
            #expect(complaint.contains("cannot read it") && complaint.contains(": fine"), "\(complaint)")
        }
    }

    @Test("the commented keys of the full configuration hold as well, with the defaults they show")
    func commentedKeys() throws {
        let shipped = try #require(TemporaryDirectory.read("\(PackageFolder.path)/Config/poort.toml"))
        let directory = TemporaryDirectory()
        // Keys that need files of the installer's, or exclude each other, stay commented out.
        let lines = shipped.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let isKey =
                line.hasPrefix("# ") && line.dropFirst(2).prefix { $0.isLetter || $0 == "_" }.count > 1
                && line.contains(" = ")
            let isLeftOut = [
                "file", "password", "client_id", "name", "device", "quantity = \"what\"", "username", "status_topic",
            ]
            .contains { line.contains("# \($0)") || line.contains("_\($0) = ") }
            return isKey && !isLeftOut ? String(line.dropFirst(2)) : String(line)
        }
        let path = directory.write(lines.joined(separator: "\n"), to: "poort.toml")
        #expect(lines.count { $0.hasPrefix("#") } + 15 < shipped.split(separator: "\n").count { $0.hasPrefix("#") })
        #expect(try check(path) == nil)
    }

    @Test("every configuration in the README passes poort check")
    func readme() throws {
        let readme = try #require(TemporaryDirectory.read("\(PackageFolder.path)/README.md"))
        let snippets = readme.split(separator: "```toml\n").dropFirst().compactMap { $0.split(separator: "```").first }
        #expect(!snippets.isEmpty)
        let directory = TemporaryDirectory()
        for snippet in snippets {
            let complaint = try check(directory.write(String(snippet), to: "poort.toml"))
            if let complaint { #expect(complaint.contains(": fine"), "\(complaint)\n\(snippet)") }
        }
    }
}
