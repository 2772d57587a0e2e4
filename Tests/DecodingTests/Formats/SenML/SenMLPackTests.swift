@testable import Decoding
import Telemetry
import TestKit
import Testing

@Suite("SenML packs")
struct SenMLPackTests {
    private static let fixtures = "\(PackageFolder.path)/Tests/Fixtures/SenML"
    /// The time of receipt in the examples.
    private static let received = Timestamp(seconds: 1_498_780_179)

    /// The records that come out, as `name|unit|time|value|sum`, then what was wrong.
    private func resolve(_ text: String, received: Timestamp = received) -> [String] {
        let document = JSONDocument(maximumBytes: 1 << 20, maximumDepth: 32)
        var pack = SenMLPack()
        return Array(text.utf8).withUnsafeBytes { bytes in
            guard case .value(let root) = document.parse(bytes) else { return ["not JSON"] }
            var faults: [String] = []
            pack.begin(received: received)
            root.forEachElement { json in
                var record = SenMLRecord()
                if let complaint = record.read(json) {
                    faults.append("pack: \(complaint)")
                    return
                }
                switch pack.add(record) {
                case .pack(let complaint): faults.append("pack: \(complaint)")
                case .record(let reason, let complaint): faults.append("\(reason.rawValue): \(complaint)")
                case nil: break
                }
            }
            pack.finish()
            return pack.records.map { shown($0, in: pack) } + faults
        }
    }

    private func shown(_ record: SenMLPack.Record, in pack: SenMLPack) -> String {
        let value =
            switch record.value {
            case .none: "-"
            case .number(let number): JSONLine.number(number)
            case .absent: "null"
            case .text: "text"
            case .boolean(let truth): "\(truth)"
            case .data: "data"
            }
        let name = String(decoding: pack.nameBytes[pack.names[record.name].range], as: UTF8.self)
        let unit = record.unit.map { String(decoding: $0, as: UTF8.self) } ?? "-"
        let time = Timestamp(milliseconds: Int64((record.seconds * 1000).rounded()))
        let sum = record.sum.map { JSONLine.number($0) }
        return ([name, unit, time.description, value] + (sum.map { [$0] } ?? [])).joined(separator: "|")
    }

    @Test("resolve to what the RFC's working group says", arguments: 1...6)
    func examples(number: Int) throws {
        let folder = SenMLPackTests.fixtures
        let pack = try #require(TemporaryDirectory.read("\(folder)/ex\(number).gen.json"))
        let resolved = try #require(TemporaryDirectory.read("\(folder)/ex\(number).gen.resolved.json"))
        let records = resolve(pack)
        #expect(!records.isEmpty)
        // A resolved pack stands for itself, whenever it comes.
        #expect(records == resolve(resolved, received: Timestamp(seconds: 0)))
    }

    @Test("apply base fields from their record on, until they are given anew")
    func baseFields() {
        let records = resolve(
            #"[{"n":"x","v":1},{"bn":"a/","bu":"V","bv":10,"bs":100,"n":"x","v":1,"s":5},{"n":"y","u":"A","v":2},"#
                + #"{"bn":"b/","n":"x","v":3},{"bu":"W","bv":0,"bn":"","n":"z","v":4}]"#)
        #expect(
            records == [
                "x|-|2017-06-29T23:49:39.000Z|1", "a/x|V|2017-06-29T23:49:39.000Z|11|105",
                "a/y|A|2017-06-29T23:49:39.000Z|12|100", "b/x|V|2017-06-29T23:49:39.000Z|13|100",
                "z|W|2017-06-29T23:49:39.000Z|4|100",
            ])
    }

    @Test("take a time below 2^28 for one relative to now, and a later one for one since 1970")
    func times() {
        let records = resolve(
            #"[{"n":"a","t":268435455,"v":1},{"n":"b","t":268435456,"v":1},{"n":"c","t":-0.5,"v":1},"#
                + #"{"n":"d","bt":1320067464,"t":-1.25,"v":1},{"n":"e","bt":-60,"t":10,"v":1}]"#)
        #expect(
            records == [
                "b|-|1978-07-04T21:24:16.000Z|1", "d|-|2011-10-31T13:24:22.750Z|1", "e|-|2017-06-29T23:48:49.000Z|1",
                "c|-|2017-06-29T23:49:38.500Z|1", "a|-|2025-12-31T21:13:54.000Z|1",
            ])
    }

    @Test("come out in chronological order, those of one time in the pack's")
    func order() {
        let records = resolve(
            #"[{"bn":"x","bt":1e9,"n":"1","t":5,"v":1},{"n":"2","v":1},{"n":"3","t":5,"v":1},{"n":"4","v":1},{"n":"5","t":-1,"v":1}]"#
        )
        #expect(records.compactMap { $0.split(separator: "|").first } == ["x5", "x2", "x4", "x1", "x3"])
    }

    @Test("hold all kinds of values, and sums without one")
    func kinds() {
        let records = resolve(
            #"[{"bn":"x/","n":"a","vs":"on"},{"n":"b","vb":true},{"n":"c","vd":"aGk"},{"n":"d","s":4.5},{"n":"e","v":null}]"#
        )
        #expect(
            records.map { $0.split(separator: "|").dropFirst(3).joined(separator: "|") } == [
                "text", "true", "data", "-|4.5", "null",
            ])
    }

    @Test(
        "lose a record that has not exactly one value, a name or a time, and only that",
        arguments: [
            (#"{"n":"x"}"#, "undecodable"), (#"{"n":"x","v":1,"vs":"1"}"#, "undecodable"),
            (#"{"n":"x","vb":true,"v":1,"s":2}"#, "undecodable"), (#"{"v":1}"#, "undecodable"),
            (#"{"bn":"dev/","bt":1e9}"#, "undecodable"), (#"{"bn":"x","bv":20}"#, "undecodable"),
            (#"{"n":"-x","v":1}"#, "undecodable"), (#"{"n":"a b","v":1}"#, "undecodable"),
            (#"{"n":"é","v":1}"#, "undecodable"), (#"{"n":"a\u0000","v":1}"#, "undecodable"),
            (#"{"n":"x","t":1e300,"v":1}"#, "bad_time"), (#"{"n":"x","t":-1e300,"v":1}"#, "bad_time"),
            (#"{"n":"x","t":253402300800,"v":1}"#, "bad_time"), (#"{"n":"x","v":1,"v":2}"#, "undecodable"),
        ])
    func recordFaults(record: String, reason: String) {
        let resolved = resolve(#"[{"n":"before","v":1},\#(record),{"bn":"","bt":0,"bv":0,"n":"after","v":2}]"#)
        #expect(resolved.count == 3)
        #expect(resolved.last?.hasPrefix("\(reason): ") == true, "\(resolved)")
        #expect(resolved.first?.hasPrefix("before|") == true)
    }

    @Test(
        "are refused as a whole where a record cannot be understood",
        arguments: [
            #"{"n":"x","v":1,"must_":1}"#, #"{"_":1,"n":"x","v":1}"#, #"{"bver":11,"n":"x","v":1}"#,
            #"{"bver":0,"n":"x","v":1}"#, #"{"bver":10.5,"n":"x","v":1}"#, #"{"bver":"10","n":"x","v":1}"#,
            #"{"bver":27,"n":"x","v":1}"#, #"{"n":1,"v":1}"#, #"{"bn":null,"n":"x","v":1}"#, #"{"n":"x","v":"1"}"#,
            #"{"n":"x","vb":1}"#, #"{"n":"x","vs":1}"#, #"{"n":"x","v":1,"t":"1"}"#, #"{"n":"x","v":1,"u":5}"#,
            #"{"n":"x","n":"y","v":1}"#, #"{"n":"x","bt":1,"bt":2,"v":1}"#, "7", "[]", "null",
        ])
    func packFaults(record: String) {
        let resolved = resolve("[\(record)]")
        #expect(resolved.contains { $0.hasPrefix("pack: ") }, "\(resolved)")
    }

    @Test("ignore labels that need not be understood", arguments: ["x", "link", "vv", "bxyz", "_x", "nn", "N"])
    func unknownLabels(label: String) {
        #expect(resolve(#"[{"\#(label)":[1],"n":"x","v":1}]"#) == ["x|-|2017-06-29T23:49:39.000Z|1"])
    }

    @Test("understand the versions up to 10, and secondary units", arguments: [1, 5, 10, 26])
    func versions(version: Int) {
        #expect(resolve(#"[{"bver":\#(version),"n":"x","v":1}]"#).count == 1)
        #expect(resolve(#"[{"bver":\#(version).0,"n":"x","v":1}]"#) == ["x|-|2017-06-29T23:49:39.000Z|1"])
    }

    @Test("have names of every character that is allowed")
    func characters() {
        #expect(resolve(#"[{"bn":"9aZ-:./","n":"_z","v":1}]"#) == ["9aZ-:./_z|-|2017-06-29T23:49:39.000Z|1"])
    }

    @Test("keep within bounds when each of many records has another long name")
    func longNames() {
        let base = String(repeating: "a", count: 500)
        let many = (0..<2000).map { #"{"n":"\#($0)","v":1}"# }.joined(separator: ",")
        #expect(resolve(#"[{"bn":"\#(base)","n":"x","v":1},\#(many)]"#).count == 2001)
        let longer = resolve(#"[{"bn":"\#(base)\#(base)","n":"x","v":1},\#(many)]"#)
        #expect(longer.allSatisfy { $0.hasPrefix("undecodable: ") })
    }
}
