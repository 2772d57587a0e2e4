import Telemetry

/// Reads CayenneLPP frames: `[channel][type][data]…`, big-endian.
///
/// A channel is called as The Things Stack calls it, so that `values` reads the same wherever a frame is decoded:
/// `temperature_3`, `gps_1.latitude`. With `values` the listed channels count and no others. Without it a kind that is a
/// quantity (temperature, humidity, pressure, illuminance, distance, or one that the configuration defines under the
/// kind's name) counts as long as it comes on one channel. A frame that has it on several is told so, and none of them is
/// taken: which of two thermometers is the street's, only the configuration can say, and the lowest channel of one frame
/// may be missing from the next. Where a channel comes twice, the last value counts, as in The Things Stack.
///
/// One thread. What ``read(_:isGuess:)`` found is valid until it is called again.
final class CayenneReader {
    private let kinds = CayenneKind.all
    /// By type code; -1 for none.
    private let kindOfCode: [Int]
    /// Of the data, by kind.
    private let sizes: [Int]
    /// By kind, without `values`.
    private let meanings: [FieldMeaning?]
    private let listed: [Listed]
    private var findings: [Finding]
    /// Where the listed channels stand in the frame; -1 for those that do not.
    private var listedOffsets: [Int]

    private struct Listed {
        let kind: Int
        let part: Int
        let channel: UInt8
        let meaning: FieldMeaning
        /// Of the part within the kind's bytes.
        let partOffset: Int
    }

    /// What a frame holds of a kind.
    private struct Finding {
        var count = 0
        var channel: UInt8 = 0
        var otherChannel: UInt8?
        var offset = 0
    }

    init(_ setup: SourceSetup) {
        var kindOfCode = Array(repeating: -1, count: 256)
        for (index, kind) in kinds.enumerated() { kindOfCode[Int(kind.code)] = index }
        self.kindOfCode = kindOfCode
        sizes = kinds.map(\.byteCount)
        meanings = kinds.map { kind in
            let quantity = kind.quantity ?? kind.names[0]
            guard setup.source.values.isEmpty, kind.parts.count == 1, setup.catalogue[quantity] != nil else {
                return nil
            }
            return FieldMeaning(
                quantity: quantity, unit: kind.parts[0].unit ?? setup.source.units[quantity], isExplicit: false)
        }
        listed = setup.source.values.compactMap { CayenneReader.listed($0, units: setup.source.units) }
        findings = Array(repeating: Finding(), count: kinds.count)
        listedOffsets = Array(repeating: -1, count: listed.count)
    }

    // MARK: - Frames

    enum Fault {
        case empty
        case unknownType(at: Int)
        case truncated(at: Int)
        case implausible(at: Int)
    }

    /// Looks through a whole frame: after a fault nothing of it is to be trusted, since what follows an unknown type
    /// cannot be found.
    ///
    /// - Parameter isGuess: nobody says that it is CayenneLPP. Then values that no sensor can have tell that it is not.
    func read(_ frame: UnsafeRawBufferPointer, isGuess: Bool = false) -> Fault? {
        for index in findings.indices { findings[index].count = 0 }
        for index in listedOffsets.indices { listedOffsets[index] = -1 }
        if frame.isEmpty { return .empty }
        var offset = 0
        while offset < frame.count {
            guard offset + 2 <= frame.count else { return .truncated(at: offset) }
            let kind = kindOfCode[Int(frame[offset + 1])]
            guard kind >= 0 else { return .unknownType(at: offset) }
            let next = offset + 2 + sizes[kind]
            guard next <= frame.count else { return .truncated(at: offset) }
            if isGuess, !isPlausible(kind, in: frame, at: offset + 2) { return .implausible(at: offset) }
            note(kind, channel: frame[offset], at: offset + 2)
            offset = next
        }
        return nil
    }

    private func note(_ kind: Int, channel: UInt8, at offset: Int) {
        if findings[kind].count == 0 {
            findings[kind].channel = channel
            findings[kind].otherChannel = nil
        } else if channel != findings[kind].channel {
            findings[kind].otherChannel = channel
        }
        findings[kind].count += 1
        findings[kind].offset = offset
        for index in listed.indices where listed[index].kind == kind && listed[index].channel == channel {
            listedOffsets[index] = offset + listed[index].partOffset
        }
    }

    private func isPlausible(_ kind: Int, in frame: UnsafeRawBufferPointer, at start: Int) -> Bool {
        var offset = start
        for part in kinds[kind].parts {
            if let range = part.plausible, !range.contains(part.value(in: frame, at: offset)) { return false }
            offset += part.byteCount
        }
        return true
    }

    /// Adds what ``read(_:isGuess:)`` found in the frame without fault.
    func add(_ frame: UnsafeRawBufferPointer, of report: Report, into writer: ReadingWriter) {
        let before = writer.message.readings.count + writer.message.rejections.count
        for index in kinds.indices where findings[index].count > 0 {
            guard let meaning = meanings[index] else { continue }
            if let other = findings[index].otherChannel {
                rejectAmbiguous(index, other: other, meaning, writer)
            } else {
                let value = kinds[index].parts[0].value(in: frame, at: findings[index].offset)
                writer.add(.number(value), as: meaning, of: report)
            }
        }
        for index in listed.indices where listedOffsets[index] >= 0 {
            let part = kinds[listed[index].kind].parts[listed[index].part]
            writer.add(
                .number(part.value(in: frame, at: listedOffsets[index])), as: listed[index].meaning, of: report)
        }
        if writer.message.readings.count + writer.message.rejections.count == before, !writer.hasMissing {
            writer.reject(
                .noReading,
                listed.isEmpty
                    ? "the frame holds \(contents(frame)), which are no quantities by themselves; map them in `values`"
                    : "the frame holds \(contents(frame)), and none of what `values` lists")
        }
    }

    private func rejectAmbiguous(_ kind: Int, other: UInt8, _ meaning: FieldMeaning, _ writer: ReadingWriter) {
        let (name, channel) = (kinds[kind].names[0], findings[kind].channel)
        let quantity = String(decoding: meaning.quantity, as: UTF8.self)
        writer.reject(
            .unknownQuantity,
            "\(quantity) comes on channel \(channel) and on channel \(other): say in `values` which is which, as in "
                + "{ \(quantity) = \"\(name)_\(channel)\" }",
            readings: findings[kind].count)
    }

    // MARK: - Names

    /// What a field means that is called like a channel: `temperature_3`, by the decoder of The Things Stack.
    func meaning(ofField name: UnsafeRawBufferPointer) -> FieldMeaning? {
        let text = String(decoding: name, as: UTF8.self)
        guard let (name, _) = CayenneReader.nameAndChannel(text) else { return nil }
        return kinds.firstIndex { $0.isOriginal && $0.names.contains(name) }.flatMap { meanings[$0] }
    }

    /// What the channels in an object mean: `"temperatureSensor":{"3":27.2}`, by the decoder of ChirpStack.
    func meaning(ofObject name: UnsafeRawBufferPointer) -> FieldMeaning? {
        let text = String(decoding: name, as: UTF8.self)
        return kinds.firstIndex { $0.chirpStackName == text }.flatMap { meanings[$0] }
    }

    private static func nameAndChannel(_ text: String) -> (name: String, channel: UInt8)? {
        guard let border = text.lastIndex(of: "_"), let channel = UInt8(text[text.index(after: border)...]) else {
            return nil
        }
        return (String(text[..<border]), channel)
    }

    private static func listed(_ path: NamedPath, units: [String: String]) -> Listed? {
        var keys: [String] = path.path.steps.compactMap {
            if case .key(let key) = $0 { String(decoding: key, as: UTF8.self) } else { nil }
        }
        guard keys.count == path.path.steps.count else { return nil }
        let first = keys.removeFirst()
        let kind: Int?
        let channel: UInt8
        if let (name, number) = nameAndChannel(first) {
            (kind, channel) = (CayenneKind.all.firstIndex { $0.names.contains(name) }, number)
        } else if let number = keys.first.flatMap({ UInt8($0) }) {
            (kind, channel) = (CayenneKind.all.firstIndex { $0.chirpStackName == first }, number)
            keys.removeFirst()
        } else {
            return nil
        }
        guard let kind, keys.count <= 1 else { return nil }
        let parts = CayenneKind.all[kind].parts
        guard let part = parts.firstIndex(where: { $0.name == keys.first ?? "" }) else { return nil }
        return Listed(
            kind: kind, part: part, channel: channel,
            meaning: FieldMeaning(
                quantity: path.quantity, unit: units[path.quantity] ?? parts[part].unit, isExplicit: true),
            partOffset: parts[..<part].reduce(0) { $0 + $1.byteCount })
    }

    // MARK: - Words

    /// For a person: what is wrong with the frame, and where.
    func describe(_ fault: Fault, in frame: UnsafeRawBufferPointer) -> String {
        switch fault {
        case .empty: return "the frame is empty"
        case .unknownType(let offset):
            return
                "byte \(offset + 1) says type \(frame[offset + 1]), which CayenneLPP does not have; since its length is "
                + "unknown, nothing of the frame is kept"
        case .truncated(let offset):
            guard offset + 1 < frame.count else { return "the frame ends after a channel, at byte \(offset)" }
            let kind = kinds[kindOfCode[Int(frame[offset + 1])]]
            return
                "the frame ends within \(kind.names[0])_\(frame[offset]), at byte \(offset): \(kind.byteCount) bytes "
                + "of data are missing or cut"
        case .implausible(let offset):
            let kind = kinds[kindOfCode[Int(frame[offset + 1])]]
            return "byte \(offset) would be \(kind.names[0])_\(frame[offset]) with a value that no sensor has"
        }
    }

    /// The first channels of a frame without fault.
    private func contents(_ frame: UnsafeRawBufferPointer) -> String {
        var names: [String] = []
        var offset = 0
        while offset < frame.count, names.count < 6 {
            let kind = kinds[kindOfCode[Int(frame[offset + 1])]]
            names.append("\(kind.names[0])_\(frame[offset])")
            offset += 2 + kind.byteCount
        }
        return names.joined(separator: ", ") + (offset < frame.count ? ", …" : "")
    }
}
