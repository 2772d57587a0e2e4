import Telemetry

/// Gives each pair of device and quantity its number, and knows how its values are converted.
///
/// A hash table over the bytes as they arrive: no string is made for a series that is known. Its size is bounded by the
/// limit on series.
struct SeriesRegistry {
    private var slots: [Int32]
    private var entries: [Entry] = []
    private let options: DecoderOptions
    private let devices: [String: DeviceOptions]
    private(set) var nextNumber: SeriesNumber

    struct Entry {
        let hash: UInt64
        /// Device and quantity as they arrive, one behind the other.
        let key: [UInt8]
        let deviceCount: Int
        let series: Series
        /// The unit that came last, and what it means here.
        var unit: [UInt8] = []
        var conversion: UnitConversion?
    }

    enum Lookup {
        case known(Int)
        case added(Int)
        case refused(Rejection)
    }

    init(options: DecoderOptions, firstNumber: SeriesNumber) {
        self.options = options
        devices = Dictionary(options.devices.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        nextNumber = firstNumber
        slots = Array(repeating: -1, count: 1024)
    }

    /// Finds a series, or enters it.
    mutating func find(
        device: UnsafeRawBufferPointer, quantity: UnsafeRawBufferPointer, type: UnsafeRawBufferPointer?, source: Int
    ) -> Lookup {
        let hash = PayloadIdentity.hash(quantity, seed: PayloadIdentity.hash(device, seed: 1))
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].hash == hash, isKey(of: index, device, quantity) { return .known(index) }
            slot = (slot + 1) & (slots.count - 1)
        }
        switch makeSeries(device: device, quantity: quantity, type: type, source: source) {
        case .failure(let refusal): return .refused(refusal.rejection)
        case .success(let series):
            let index = entries.count
            entries.append(
                Entry(hash: hash, key: Array(device) + Array(quantity), deviceCount: device.count, series: series))
            nextNumber += 1
            slots[slot] = Int32(index)
            if entries.count * 2 > slots.count { grow() }
            return .added(index)
        }
    }

    private func isKey(of index: Int, _ device: UnsafeRawBufferPointer, _ quantity: UnsafeRawBufferPointer) -> Bool {
        entries[index].key.withUnsafeBytes { key in
            let border = entries[index].deviceCount
            return UnsafeRawBufferPointer(rebasing: key[..<border]).hasSameBytes(as: device)
                && UnsafeRawBufferPointer(rebasing: key[border...]).hasSameBytes(as: quantity)
        }
    }

    func series(_ index: Int) -> Series { entries[index].series }

    /// What a reading carries; see ``series(_:)`` for the rest.
    func number(_ index: Int) -> SeriesNumber { entries[index].series.number }

    /// The conversion from a unit as it arrives; nil when it is not known for the series' quantity.
    mutating func conversion(_ index: Int, from unit: UnsafeRawBufferPointer) -> UnitConversion? {
        if let conversion = entries[index].conversion,
            entries[index].unit.withUnsafeBytes({ $0.hasSameBytes(as: unit) })
        {
            return conversion
        }
        guard
            let conversion = UnitConversion.from(
                String(decoding: unit, as: UTF8.self), to: entries[index].series.quantity)
        else { return nil }
        entries[index].unit = Array(unit)
        entries[index].conversion = conversion
        return conversion
    }

    private struct Refusal: Error {
        let rejection: Rejection
    }

    private func makeSeries(
        device: UnsafeRawBufferPointer, quantity: UnsafeRawBufferPointer, type: UnsafeRawBufferPointer?, source: Int
    ) -> Result<Series, Refusal> {
        func refuse(_ reason: RejectionReason, _ detail: String) -> Result<Series, Refusal> {
            .failure(Refusal(rejection: Rejection(reason, detail: detail, readingCount: 1)))
        }
        guard !device.isEmpty, device.count <= options.limits.deviceNameBytes else {
            return refuse(
                .unknownDevice,
                "the device's name has \(device.count) bytes; 1 to \(options.limits.deviceNameBytes) are allowed")
        }
        // They would end a text at a NUL, and do on a terminal what its sender likes.
        guard !device.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            return refuse(.unknownDevice, "the device's name \(device.text.excerpt) holds control characters")
        }
        let name = String(decoding: device, as: UTF8.self)
        let quantityName = String(decoding: quantity, as: UTF8.self)
        guard var known = options.catalogue[quantityName] else {
            return refuse(
                .unknownQuantity,
                "unknown quantity \(quantityName.excerpt); name it in [quantity.…] or map it in `values`")
        }
        let configured = devices[name]
        if configured == nil, options.unknownDevices == .quarantine {
            return refuse(.unknownDevice, "unknown device \(name.excerpt); add a [[device]] with this id")
        }
        guard entries.count < options.limits.seriesCount else {
            return refuse(.seriesLimit, "there are \(entries.count) series already; more are not taken in")
        }
        if let limits = configured?.grossRanges[quantityName] { known.grossRange = limits }
        let topicType = type.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return .success(
            Series(
                number: nextNumber, device: name, quantity: known,
                deviceType: configured.map(\.type).flatMap { $0.isEmpty ? nil : $0 } ?? topicType,
                intervalMilliseconds: configured?.intervalMilliseconds
                    ?? options.sources[source].intervalMilliseconds))
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
        }
    }
}

extension String {
    /// The text in quotes, cut to what fits a line, with nothing that upsets a terminal.
    var excerpt: String {
        var shown = ""
        for scalar in unicodeScalars.prefix(60) {
            let isPrintable = scalar.value >= 0x20 && scalar.value != 0x7F && !(0x80...0x9F).contains(scalar.value)
            shown.unicodeScalars.append(isPrintable ? scalar : "\u{FFFD}")
        }
        return "`\(shown)\(unicodeScalars.count > 60 ? "…" : "")`"
    }
}
