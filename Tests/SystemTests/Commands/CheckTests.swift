import Glibc
import TestKit
import Testing

/// `poort check` as a technician meets it.
@Suite("poort check")
struct CheckTests {
    private let directory = TemporaryDirectory()

    private func check(_ arguments: [String]) throws -> (ending: ChildProcess.Ending?, output: String, errors: String) {
        let run = try ChildProcess(GatewayProcess.executable, ["check"] + arguments)
        return (run.wait(), run.standardOutput, run.standardError)
    }

    @Test("prints ten planted mistakes, each with its place, and exits 78")
    func plantedMistakes() throws {
        let folder = "\(PackageFolder.path)/Tests/PlantedMistakes"
        let expected = try #require(TemporaryDirectory.read("\(folder)/complaints.txt"))
            .replacing("poort.toml:", with: "\(folder)/poort.toml:")
        let run = try check(["--elsewhere", "--config", "\(folder)/poort.toml"])
        #expect(run.ending == .exited(78))
        #expect(run.output == expected + "\(folder)/poort.toml: 10 mistakes\n")
        #expect(run.errors.isEmpty)

        let json = try check(["--elsewhere", "--json", "--config", "\(folder)/poort.toml"])
        #expect(json.ending == .exited(78))
        #expect(json.output.hasPrefix(#"{"ok":false,"errors":[{"file":""#))
        #expect(json.output.contains(#""line":11,"column":1,"#) && json.output.contains(#""suggestion":"path"}"#))
    }

    @Test("says of what is not TOML where, what was meant, and that it read no further")
    func syntax() throws {
        let path = directory.write("[broker]\nkeepalive = 60s\nnone = 1\n", to: "poort.toml")
        let run = try check(["--config", path])
        #expect(run.ending == .exited(78))
        #expect(
            run.output == """
                \(path):2:15: not TOML: expected digit, saw 's'; text, and a number with a unit, stands in quotes; did you \
                mean `keepalive = "60s"`?
                \(path): 1 mistake; nothing behind it was read

                """)
    }

    @Test("ends with the files that have mistakes")
    func files() throws {
        let path = directory.write("[[source]]\ntopic = \"{device}/{quantity}\"\n", to: "poort.toml")
        #expect(mkdir(directory.file("conf.d"), 0o755) == 0)
        let extra = directory.write("[log]\nlevel = 1\n", to: "conf.d/a.toml")
        #expect(try check(["--elsewhere", "--config", path]).output.hasSuffix("\n\(extra): 1 mistake\n"))
        directory.write("none = 1\n[[source]]\ntopic = \"{device}/{quantity}\"\n", to: "poort.toml")
        #expect(try check(["--elsewhere", "--config", path]).output.hasSuffix("\n\(extra), \(path): 2 mistakes\n"))
    }

    @Test("finds mistakes in the file and on the box at once, in the order of the file")
    func bothAtOnce() throws {
        let path = directory.write(
            """
            [broker]
            username = "u"
            password_file = "\(directory.file("none"))"
            keepalive = 5
            [control]
            socket = "\(directory.file("none/none/s"))"
            [storage]
            path = "\(directory.path)"
            [[source]]
            topic = "{device}/{quantity}"
            """, to: "poort.toml")
        let run = try check(["--config", path])
        let places = run.output.split(separator: "\n").compactMap { $0.split(separator: ":").dropFirst().first }
        #expect(places.prefix(4) == ["3", "4", "6", "8"], "\(run.output)")
        #expect(run.output.hasSuffix(": 4 mistakes\n"))
        #expect(try check(["--elsewhere", "--config", path]).output.hasSuffix(": 1 mistake\n"))
    }

    @Test("shows which source takes what, where topics overlap")
    func overlaps() throws {
        let path = directory.write(
            """
            [storage]
            path = "\(directory.file("poort.db"))"
            [control]
            socket = "\(directory.file("poort.sock"))"
            [[source]]
            name = "one"
            topic = "bins/+/{device}/{quantity}"
            [[source]]
            topic = "bins/south/#"
            device = "id"
            quantity = "what"
            value = "value"
            [[source]]
            topic = "bins/south/{device}/fill_level"
            quantity = "what"
            value = "value"
            """, to: "poort.toml")
        let run = try check(["--config", path])
        #expect(run.ending == .exited(0), "\(run.output)")
        let rows = run.output.split(separator: "\n").filter { $0.hasPrefix("overlap ") }.map {
            String($0.dropFirst(7).drop { $0 == " " })
        }
        #expect(
            rows == [
                "bins/+/{device}/{quantity} \"one\" and bins/south/#: the first takes bins/south/+/+, the second gets the rest of its own",
                "bins/+/{device}/{quantity} \"one\" and bins/south/{device}/fill_level: the first takes bins/south/+/fill_level, nothing is left for the second",
                "bins/south/# and bins/south/{device}/fill_level: the first takes bins/south/+/fill_level, nothing is left for the second",
            ])
        let json = try check(["--json", "--config", path])
        #expect(
            json.output.contains(
                #"{"first":"one","second":"bins/south/#","common":"bins/south/+/+","second_gets_nothing":false}"#))
    }
}
