import Telemetry

/// Hours and quarters of Telraam's traffic counters: a row, an array of rows, or what its interface answers,
/// `{"report":[…]}`. Source: the API's documentation, `/v1/reports/traffic`.
///
/// A row counts from its `date` on. Counts are floats, since Telraam extrapolates them by `uptime`; a row with an
/// uptime of 0 has counts of 0 that nobody saw, so it is missing. `_lft` and `_rgt` are as seen by the sensor. The
/// histograms `car_speed_hist_…` are shares in per cent and count only where `values` names one of their places.
final class TelraamDecoder: PayloadDecoder {
    private let setup: SourceSetup
    private let vocabulary: SourceVocabulary

    init(_ setup: SourceSetup) {
        self.setup = setup
        vocabulary = setup.vocabulary(TelraamDecoder.conventions, isClosed: true)
    }

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard let root = setup.parse(payload, writer) else { return }
        var faults = Faults()
        if let rows = root.kind == .array ? root : root.field("report") {
            guard rows.kind == .array else {
                writer.reject(.undecodable, "`report` is \(rows.fieldValue.shown), not an array of rows")
                return
            }
            rows.forEachElement { addRow($0, context: context, &faults, writer) }
        } else if root.kind == .object, root.field("date") == nil, let message = root.field("message")?.string {
            writer.reject(.undecodable, "no report but the message \(message.text.excerpt)")
        } else {
            addRow(root, context: context, &faults, writer)
        }
        faults.report(to: writer)
    }

    /// What is wrong with single rows.
    private struct Faults {
        var undecodable = RepeatedRejection(.undecodable)
        var badTime = RepeatedRejection(.badTime)
        var unknownDevice = RepeatedRejection(.unknownDevice)

        func report(to writer: ReadingWriter) {
            undecodable.report(to: writer)
            badTime.report(to: writer)
            unknownDevice.report(to: writer)
        }
    }

    private func addRow(_ row: JSONValue, context: MessageContext, _ faults: inout Faults, _ writer: ReadingWriter) {
        guard row.kind == .object else {
            faults.undecodable.note("a row is \(row.fieldValue.shown), not an object", readings: 0)
            return
        }
        if case .number(let uptime, _)? = row.field("uptime")?.fieldValue.meaning, uptime <= 0 {
            writer.noteMissing()
            return
        }
        let date = row.field("date")
        let time = date.flatMap {
            PayloadTime.time($0, withoutOffset: setup.source.timeWithoutOffset, received: context.received)
        }
        guard let time else {
            faults.badTime.note(badTime(date), readings: readingCount(in: row))
            return
        }
        guard let device = device(of: row, context: context, writer) else {
            faults.unknownDevice.note(
                "`\(setup.source.paths.device?.text ?? "device")` names no device; put {device} into `topic`",
                readings: readingCount(in: row))
            return
        }
        add(row, of: Report(device: device, time: .device(time), context: context), writer)
    }

    private func badTime(_ date: JSONValue?) -> String {
        guard let date else { return "a row has no `date`" }
        return "`date` is \(date.fieldValue.shown), not a time with an offset; see `time_without_offset`"
    }

    /// Where a report is by segment its `instance_id` is -1, and the other way about.
    private func device(of row: JSONValue, context: MessageContext, _ writer: ReadingWriter) -> DeviceName? {
        guard let path = setup.source.paths.device else { return context.device }
        guard let value = row.at(path), value.integer != -1 else { return nil }
        return writer.name(value).map { DeviceName($0) }
    }

    private func add(_ row: JSONValue, of report: Report, _ writer: ReadingWriter) {
        for listed in vocabulary.listed {
            if let value = row.at(listed.path) { add(value.fieldValue, as: listed.meaning, of: report, writer) }
        }
        guard vocabulary.listed.isEmpty else { return }
        row.forEachField { name, value in
            if let meaning = vocabulary.meaning(ofField: name) {
                add(value.fieldValue, as: meaning, of: report, writer)
            }
        }
    }

    /// Where no car came there is no speed that 85 of a hundred keep to, but a 0.
    private func add(_ value: FieldValue, as meaning: FieldMeaning, of report: Report, _ writer: ReadingWriter) {
        if case .number(0, _) = value.meaning, meaning.quantity == TelraamDecoder.speed {
            writer.noteMissing()
        } else {
            writer.add(value, as: meaning, of: report)
        }
    }

    /// How many values a row holds that could not be dated or named.
    private func readingCount(in row: JSONValue) -> Int {
        if !vocabulary.listed.isEmpty { return max(1, vocabulary.listed.count { row.at($0.path) != nil }) }
        var count = 0
        row.forEachField { name, _ in if vocabulary.meaning(ofField: name) != nil { count += 1 } }
        return max(1, count)
    }

    private static let speed = Array("speed_v85".utf8)

    private static let conventions: [String: FieldConvention] = {
        var names = ["v85": FieldConvention("speed_v85", "km/h")]
        for (field, passing) in [
            ("car", "car"), ("heavy", "heavy_vehicle"), ("bike", "bicycle"), ("pedestrian", "pedestrian"),
        ] {
            names[field] = FieldConvention("\(passing)_intensity")
            names["\(field)_lft"] = FieldConvention("\(passing)_intensity_left")
            names["\(field)_rgt"] = FieldConvention("\(passing)_intensity_right")
        }
        return names
    }()
}
