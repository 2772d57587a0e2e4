import Telemetry

/// The names of a sink's files: `NAME-20261123T100000Z.ndjson`. In the order in which they were begun they sort as text.
struct FileName {
    let name: String
    let ending: String

    /// - Parameter seconds: since 1970.
    func file(at seconds: Int64) -> String {
        let digits = Timestamp(seconds: seconds).description.filter { $0.isNumber || $0 == "T" }
        return "\(name)-\(digits.prefix(15))Z.\(ending)"
    }

    /// The seconds in a name; nil where it is none of ours.
    func seconds(of file: String) -> Int64? {
        let (before, behind) = ("\(name)-", "Z.\(ending)")
        guard file.hasPrefix(before), file.hasSuffix(behind) else { return nil }
        let stamp = Array(file.dropFirst(before.count).dropLast(behind.count))
        guard stamp.count == 15, stamp[8] == "T" else { return nil }
        func part(_ range: Range<Int>) -> String { String(stamp[range]) }
        let time = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z"
        guard let moment = Timestamp(rfc3339: time) else { return nil }
        let seconds = moment.milliseconds / 1000
        return self.file(at: seconds) == file ? seconds : nil
    }

    /// Says before a new file is made that it is, until it is recorded; hidden.
    var journal: String { ".\(name).begun" }

    static func isValid(_ name: String) -> Bool {
        (1...100).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
