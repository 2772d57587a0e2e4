import Telemetry

/// InfluxDB's line protocol, as Telegraf sends it too: `air,sensor_id=TLM0201 temperature=73.97 1630424257000000000`.
///
/// The device is the tag that the source's `device` names, or stands in the topic. A field is known by its key, or,
/// where `values` lists it, by `measurement.field`; one that is called `value` has the measurement's name. The unit of
/// a timestamp follows from its magnitude: nanoseconds by default, coarser where a client was told so.
/// Source: InfluxDB's line protocol reference.
final class LineProtocolDecoder: PayloadDecoder {
    private let vocabulary: SourceVocabulary
    private let deviceTag: [UInt8]?
    private let names = UnescapedNames()
    private var meanings = ByteTable<FieldMeaning?>()
    private var key: [UInt8] = []

    init(_ setup: SourceSetup) {
        vocabulary = setup.vocabulary()
        deviceTag = setup.source.paths.device?.fieldName
    }

    /// What is wrong with some of a message's lines.
    private struct Faults {
        var lines = RepeatedRejection(.undecodable)
        var devices = RepeatedRejection(.unknownDevice)
        var times = RepeatedRejection(.badTime)

        func report(to writer: ReadingWriter) {
            lines.report(to: writer)
            devices.report(to: writer)
            times.report(to: writer)
        }
    }

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        var faults = Faults()
        var start = 0
        var number = 0
        while start < payload.count {
            let end = payload[start...].firstIndex(of: UInt8(ascii: "\n")) ?? payload.count
            let line = payload.part(start..<end).trimmed
            start = end + 1
            number += 1
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            do throws(ProtocolLine.Fault) {
                try add(line, number: number, context: context, &faults, into: writer)
            } catch {
                faults.lines.note("line \(number): \(error.cause): \(line.text.excerpt)", readings: 0)
            }
        }
        faults.report(to: writer)
    }

    private func add(
        _ text: UnsafeRawBufferPointer, number: Int, context: MessageContext, _ faults: inout Faults,
        into writer: ReadingWriter
    ) throws(ProtocolLine.Fault) {
        let line = try ProtocolLine(text)
        names.begin(lineBytes: text.count)
        guard let device = try device(of: line) ?? (deviceTag == nil ? context.device : nil) else {
            let tag = deviceTag.map { "there is no tag \(String(decoding: $0, as: UTF8.self).excerpt)" }
            faults.devices.note("line \(number): \(tag ?? "neither a tag nor the topic names the device")", readings: 0)
            return
        }
        guard let time = time(of: line, received: context.received) else {
            faults.times.note(
                "line \(number): \(line.timestamp.text.excerpt) is no timestamp, which is a whole number since 1970",
                readings: 0)
            return
        }
        let report = Report(device: device, time: time, context: context)
        var odd: (key: UnsafeRawBufferPointer, count: Int)?
        line.forEachField { key, value in
            if let value, let meaning = meaning(of: key, in: line.measurement) {
                writer.add(value, as: meaning, of: report)
            } else if value != nil {
                vocabulary.noteUnread(key)
            } else {
                odd = (odd?.key ?? key, (odd?.count ?? 0) + 1)
            }
        }
        if let odd {
            faults.lines.note(
                "line \(number): the value of \(odd.key.text.excerpt) is no number, boolean or string in quotes",
                readings: odd.count)
        }
    }

    /// By the tag that says so.
    private func device(of line: ProtocolLine) throws(ProtocolLine.Fault) -> DeviceName? {
        var device: DeviceName?
        try line.forEachTag { key, value in
            guard device == nil, let deviceTag else { return }
            let isDevice = deviceTag.withUnsafeBytes { names.plain(key).hasSameBytes(as: $0) }
            if isDevice { device = DeviceName(names.plain(value)) }
        }
        return device
    }

    private func time(of line: ProtocolLine, received: Timestamp) -> ReadingTime? {
        if line.timestamp.isEmpty { return .receipt(received) }
        var rest = line.timestamp
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.part(1..<rest.count) }
        guard !rest.isEmpty else { return nil }
        var whole: Int64 = 0
        for byte in rest {
            guard byte.isDigit else { return nil }
            let (tens, isTooLarge) = whole.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = tens.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            if isTooLarge || overflows { return nil }
            whole = sum
        }
        return PayloadTime.time(whole: isNegative ? -whole : whole).flatMap(PayloadTime.sane).map(ReadingTime.device)
    }

    // MARK: - Names

    /// Remembered by both names as they are written, so that nothing is unescaped or joined for a field that came
    /// before.
    private func meaning(of field: UnsafeRawBufferPointer, in measurement: UnsafeRawBufferPointer) -> FieldMeaning? {
        key.removeAll(keepingCapacity: true)
        key.append(contentsOf: measurement)
        key.append(UInt8(ascii: "\n"))
        key.append(contentsOf: field)
        return key.withUnsafeBytes { key in meanings.value(for: key) { find(field, in: measurement) } }
    }

    private func find(_ field: UnsafeRawBufferPointer, in measurement: UnsafeRawBufferPointer) -> FieldMeaning? {
        let field = field.unescaped
        let measurement = measurement.unescaped
        func known(_ name: [UInt8]) -> FieldMeaning? { name.withUnsafeBytes(vocabulary.meaning(ofField:)) }
        if !vocabulary.listed.isEmpty, let listed = known(measurement + Array(".".utf8) + field) { return listed }
        if field == Array("value".utf8), let known = known(measurement) { return known }
        return known(field)
    }
}
