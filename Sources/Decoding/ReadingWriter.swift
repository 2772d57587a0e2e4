import Telemetry

/// Turns the values that a format finds into readings of series, in canonical units, or into rejections. One thread.
final class ReadingWriter {
    var message = DecodedMessage()
    private var registry: SeriesRegistry
    private let limits: DecoderLimits
    private let catalogue: QuantityCatalogue
    private let missing: [[Double]]
    /// Fill levels that follow from distances in this message.
    private var levels: [FillLevel] = []
    private var missingCount = 0
    private let digits = UnsafeMutableRawBufferPointer.allocate(byteCount: 24, alignment: 1)

    private struct FillLevel {
        let percent: Double
        let report: Report
    }

    init(_ options: DecoderOptions, firstSeries: SeriesNumber, takenSeries: Set<SeriesIdentity>) {
        registry = SeriesRegistry(options: options, firstNumber: firstSeries, taken: takenSeries)
        limits = options.limits
        catalogue = options.catalogue
        missing = options.sources.map(\.missing)
    }

    deinit { digits.deallocate() }

    var nextSeries: SeriesNumber { registry.nextNumber }
    var takenSeries: Set<SeriesIdentity> { registry.taken }

    func begin() {
        levels.removeAll(keepingCapacity: true)
        missingCount = 0
    }

    func reject(_ reason: RejectionReason, _ detail: String, readings: Int = 0) {
        message.reject(reason, detail, readings: readings)
    }

    /// Counts a value that the payload says is none. A message of nothing else is let go by rule.
    func noteMissing() { missingCount += 1 }

    var hasMissing: Bool { missingCount > 0 }

    /// Whether the configuration says that this number stands for "no data".
    func isMissing(_ number: Double, of report: Report) -> Bool { missing[report.context.source].contains(number) }

    /// How many readings and rejections of readings a message may amount to.
    var mostReadings: Int { limits.readingsInMessage }

    /// Adds what follows from the readings, and sees to it that every message leaves a trace.
    func finish() {
        for level in levels { addFillLevel(level) }
        guard message.readings.isEmpty, message.rejections.isEmpty else { return }
        if hasMissing {
            reject(.missing, "the sensor says that it has no value")
        } else {
            reject(.noReading, "the payload holds none of the values that the source names")
        }
    }

    // MARK: - Values

    /// Adds a value of a field whose name stands in the payload, if the name says what it is.
    func add(
        _ value: FieldValue, field name: UnsafeRawBufferPointer, by vocabulary: SourceVocabulary, of report: Report
    ) {
        if let meaning = vocabulary.meaning(ofField: name) {
            add(value, as: meaning, of: report)
        } else {
            vocabulary.noteUnread(name)
        }
    }

    /// Adds a value of a known meaning.
    /// - Parameter unit: what the payload says of the unit; it comes before everything else that is known of it.
    func add(
        _ value: FieldValue, as meaning: FieldMeaning, unit: UnsafeRawBufferPointer? = nil, of report: Report
    ) {
        meaning.quantity.withUnsafeBytes { quantity in
            switch value.meaning {
            case .number(let number, let written):
                add(number, value: value, quantity: quantity, meaning: meaning, unit: unit ?? written, of: report)
            case .boolean(let truth):
                addState(truth, value: value, quantity: quantity, meaning: meaning, of: report)
            case .missing: noteMissing()
            case .none: if meaning.isExplicit { rejectValue(value, quantity) }
            }
        }
    }

    private func addState(
        _ truth: Bool, value: FieldValue, quantity: UnsafeRawBufferPointer, meaning: FieldMeaning, of report: Report
    ) {
        // That a battery is "true" is no charge in percent. What is unknown is refused as such, where its series is sought.
        if let known = catalogue[quantity.text], known.kind != .event, known.unit != "1" {
            if meaning.isExplicit { rejectValue(value, quantity) }
            return
        }
        guard hasRoom(), let index = series(of: quantity, report: report) else { return }
        append(truth ? 1 : 0, to: index, at: report.time)
    }

    private func add(
        _ number: Double, value: FieldValue, quantity: UnsafeRawBufferPointer, meaning: FieldMeaning,
        unit: UnsafeRawBufferPointer?, of report: Report
    ) {
        if isMissing(number, of: report) {
            noteMissing()
            return
        }
        guard abs(number) <= ReadingWriter.largestValue else {
            rejectValue(value, quantity)
            return
        }
        guard hasRoom(), let index = series(of: quantity, report: report) else { return }
        var converted = number
        if let unit {
            guard let number = convert(number, from: unit, index: index, quantity: quantity) else { return }
            converted = number
        } else if let unit = meaning.unit {
            guard let number = unit.withUnsafeBytes({ convert(number, from: $0, index: index, quantity: quantity) })
            else { return }
            converted = number
        }
        append(converted, to: index, at: report.time)
        if let geometry = registry.geometry(index) { noteDistance(converted, index: index, geometry, report: report) }
    }

    /// No sensor measures more, and the squares of what is below it can be added up.
    private static let largestValue = 1e150

    private func convert(
        _ number: Double, from unit: UnsafeRawBufferPointer, index: Int, quantity: UnsafeRawBufferPointer
    ) -> Double? {
        guard let conversion = registry.conversion(index, from: unit) else {
            let canonical = registry.series(index).quantity.unit
            reject(
                .unknownUnit,
                "unit \(unit.text.excerpt) is not known for \(quantity.text.excerpt), which is kept in \(canonical)",
                readings: 1)
            return nil
        }
        let converted = conversion.apply(number)
        guard abs(converted) <= ReadingWriter.largestValue else {
            reject(
                .badValue, "\(quantity.text.excerpt) of \(number) \(unit.text.excerpt) is too large", readings: 1)
            return nil
        }
        return converted
    }

    private func rejectValue(_ value: FieldValue, _ quantity: UnsafeRawBufferPointer) {
        if hasRoom() {
            reject(.badValue, "\(quantity.text.excerpt) has no number but \(value.shown)", readings: 1)
        }
    }

    private func hasRoom() -> Bool {
        if message.readings.count + message.rejections.count < limits.readingsInMessage { return true }
        if message.rejections.last?.reason != .tooLarge {
            reject(.tooLarge, "more than \(limits.readingsInMessage) readings in one message")
        }
        return false
    }

    // MARK: - Series

    private func series(of quantity: UnsafeRawBufferPointer, report: Report) -> Int? {
        switch registry.find(
            device: report.device, quantity: quantity, type: report.context.type, source: report.context.source)
        {
        case .known(let known): return known
        case .added(let added):
            message.newSeries.append(registry.series(added))
            return added
        case .refused(let rejection):
            if hasRoom() { message.rejections.append(rejection) }
            return nil
        }
    }

    private func append(_ value: Double, to index: Int, at time: ReadingTime) {
        message.readings.append(
            Reading(series: registry.number(index), time: time.time, value: value, timeOrigin: time.origin))
    }

    // MARK: - Containers

    private func noteDistance(_ distance: Double, index: Int, _ geometry: ContainerGeometry, report: Report) {
        guard let millimetres = UnitConversion.from(registry.series(index).quantity.unit, to: .millimetres) else {
            return
        }
        let percent = geometry.fillLevelPercent(distanceMillimetres: millimetres.apply(distance))
        levels.append(FillLevel(percent: percent, report: report))
    }

    /// A level that the payload itself tells comes first.
    private func addFillLevel(_ level: FillLevel) {
        let name: StaticString = "fill_level"
        let percent: StaticString = "%"
        name.withUTF8Buffer { name in
            guard hasRoom(), let index = series(of: UnsafeRawBufferPointer(name), report: level.report) else { return }
            let number = registry.number(index)
            guard !message.readings.contains(where: { $0.series == number && $0.time == level.report.time.time })
            else { return }
            let value = percent.withUTF8Buffer {
                convert(level.percent, from: UnsafeRawBufferPointer($0), index: index, quantity: .init(name))
            }
            if let value { append(value, to: index, at: level.report.time) }
        }
    }

    // MARK: - Names

    /// The bytes of a name that is a text or a whole number, valid until the next call or the end of the message.
    func name(_ value: JSONValue) -> UnsafeRawBufferPointer? {
        if let text = value.string { return text }
        guard let number = value.integer.map(String.init) ?? value.unsigned.map(String.init) else { return nil }
        var count = 0
        for byte in number.utf8 where count < digits.count {
            digits[count] = byte
            count += 1
        }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[..<count])
    }
}

extension Quantity {
    fileprivate static let millimetres = Quantity(name: "", unit: "mm", kind: .gauge)
}
