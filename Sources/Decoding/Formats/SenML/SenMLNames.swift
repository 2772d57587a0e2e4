import Telemetry

/// Finds the device and the field in a SenML name, which is one text of both: RFC 8428 joins them by whatever the
/// sensor's base name ends in, and its examples by `:` and `/`; device URNs (RFC 9039) by `_`.
///
/// What stands behind the last `:` or `/` is the field, if its name is known, else the longest part of that behind one
/// of `_`, `.` and `-` whose name is: `urn:dev:ow:10e2073a01080063:temperature`, `2001:db8::1/humidity`,
/// `station-7_wind_speed`. What comes before it, without the separator, is the device. Where nothing is known the whole
/// name is the device's, as in the RFC's own `urn:dev:ow:10e2073a01080063`. With `values`, the longest of the listed
/// names that the name is or ends in, behind a separator, is the field.
struct SenMLNames {
    private let vocabulary: SourceVocabulary
    private let listed: [(name: [UInt8], meaning: FieldMeaning)]

    struct Parts {
        /// Empty where the name is nothing but a field's.
        let device: UnsafeRawBufferPointer
        /// nil where the name does not say it.
        let meaning: FieldMeaning?
    }

    init(_ vocabulary: SourceVocabulary) {
        self.vocabulary = vocabulary
        listed = vocabulary.listed.map { (SenMLNames.name($0.path), $0.meaning) }.sorted { $0.0.count > $1.0.count }
    }

    /// Whether only listed names mean anything.
    var isListed: Bool { !listed.isEmpty }

    func parts(of name: UnsafeRawBufferPointer) -> Parts {
        if isListed {
            for field in listed {
                if let device = device(in: name, before: field.name) {
                    return Parts(device: device, meaning: field.meaning)
                }
            }
            return Parts(device: name, meaning: nil)
        }
        let segment = (name.lastIndex { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") } ?? -1) + 1
        if let parts = parts(of: name, fieldFrom: segment) { return parts }
        for index in segment..<name.count where name[index].isSenMLSeparator {
            if let parts = parts(of: name, fieldFrom: index + 1) { return parts }
        }
        return Parts(device: name, meaning: nil)
    }

    private func parts(of name: UnsafeRawBufferPointer, fieldFrom start: Int) -> Parts? {
        guard start < name.count,
            let meaning = vocabulary.meaning(ofField: name.part(start...))
        else { return nil }
        return Parts(device: name.part(..<max(0, start - 1)), meaning: meaning)
    }

    /// What stands before a listed field; nil where the name does not end in it.
    private func device(in name: UnsafeRawBufferPointer, before field: [UInt8]) -> UnsafeRawBufferPointer? {
        let start = name.count - field.count
        guard start == 0 || start > 0 && name[start - 1].isSenMLSeparator,
            field.withUnsafeBytes({ name.part(start...).hasSameBytes(as: $0) })
        else { return nil }
        return name.part(..<max(0, start - 1))
    }

    /// A name with a dot in it may stand in quotes.
    private static func name(_ path: JSONPath) -> [UInt8] {
        if path.steps.count == 1, case .key(let key) = path.steps[0] { return key }
        return Array(path.text.utf8)
    }
}
