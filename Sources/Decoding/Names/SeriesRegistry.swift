import Privacy
import Telemetry

/// Gives each pair of device and quantity its number, and knows how its values are converted.
///
/// A hash table over the bytes as they arrive: no string is made for a series that is known. Its size is bounded by the
/// limit on series and by the names that the configuration gives its devices.
struct SeriesRegistry {
    private var slots = HashSlots(capacity: 1024)
    private var keys: [Key] = []
    private var entries: [Entry] = []
    private var indexes: [SeriesIdentity: Int] = [:]
    private let options: DecoderOptions
    private let devices: DeviceDirectory
    private let quantities: QuantityDirectory
    /// Every series that was taken in, by this registry or before it: these count, and are let in again.
    private(set) var taken: Set<SeriesIdentity>
    private(set) var nextNumber: SeriesNumber

    /// A device and a quantity as they arrive, one behind the other.
    private struct Key {
        let bytes: [UInt8]
        let deviceCount: Int
        let entry: Int
    }

    private struct Entry {
        let series: Series
        /// For a distance within a container whose geometry is known.
        let geometry: ContainerGeometry?
        /// The unit that came last, and what it means here.
        var unit: [UInt8] = []
        var conversion: UnitConversion?
    }

    enum Lookup {
        case known(Int)
        case added(Int)
        case refused(Rejection)
    }

    init(options: DecoderOptions, firstNumber: SeriesNumber, taken: Set<SeriesIdentity> = []) {
        self.options = options
        self.taken = taken
        devices = DeviceDirectory(options.devices)
        quantities = QuantityDirectory(options)
        nextNumber = firstNumber
    }

    /// Finds a series, or enters it.
    mutating func find(
        device: DeviceName, quantity: UnsafeRawBufferPointer, type: UnsafeRawBufferPointer?, source: Int
    ) -> Lookup {
        let hash = PayloadIdentity.hash(quantity, seed: PayloadIdentity.hash(device.name, seed: 1))
        if let key = slots.find(hash, isEntry: { isKey($0, device.name, quantity) }) { return .known(keys[key].entry) }
        let entry: Int
        let lookup: Lookup
        switch identify(device: device, quantity: quantity, type: type, source: source) {
        case .failure(let refusal): return .refused(refusal.rejection)
        case .success(let made):
            if let known = indexes[made.series.identity] {
                (entry, lookup) = (known, .known(known))
            } else {
                if let refusal = checkRoom(for: made.series.identity) { return .refused(refusal) }
                taken.insert(made.series.identity)
                entry = entries.count
                lookup = .added(entry)
                indexes[made.series.identity] = entry
                entries.append(made)
                nextNumber += 1
            }
        }
        // A device may write its name in many ways that mean the same; not all of them need be remembered.
        guard keys.count < 4 * max(options.limits.seriesCount, taken.count) else { return lookup }
        slots.add(hash)
        keys.append(
            Key(bytes: Array(device.name) + Array(quantity), deviceCount: device.name.count, entry: entry))
        return lookup
    }

    private func isKey(_ key: Int, _ device: UnsafeRawBufferPointer, _ quantity: UnsafeRawBufferPointer) -> Bool {
        keys[key].bytes.withUnsafeBytes { bytes in
            let border = keys[key].deviceCount
            return bytes.part(..<border).hasSameBytes(as: device)
                && bytes.part(border...).hasSameBytes(as: quantity)
        }
    }

    func series(_ index: Int) -> Series { entries[index].series }

    /// What a reading carries; see ``series(_:)`` for the rest.
    func number(_ index: Int) -> SeriesNumber { entries[index].series.number }

    /// Of the container whose fill distance the series is.
    func geometry(_ index: Int) -> ContainerGeometry? { entries[index].geometry }

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

    private func checkRoom(for identity: SeriesIdentity) -> Rejection? {
        guard taken.count >= options.limits.seriesCount, !taken.contains(identity) else { return nil }
        return Rejection(
            .seriesLimit, detail: "there are \(taken.count) series already; more are not taken in", readingCount: 1)
    }

    private func identify(
        device: DeviceName, quantity: UnsafeRawBufferPointer, type: UnsafeRawBufferPointer?, source: Int
    ) -> Result<Entry, Refusal> {
        func refuse(_ reason: RejectionReason, _ detail: String) -> Result<Entry, Refusal> {
            .failure(Refusal(rejection: Rejection(reason, detail: detail, readingCount: 1)))
        }
        guard !device.name.isEmpty, device.name.count <= options.limits.deviceNameBytes else {
            return refuse(
                .unknownDevice,
                "the device's name has \(device.name.count) bytes; 1 to \(options.limits.deviceNameBytes) are allowed")
        }
        // They would end a text at a NUL, and do on a terminal what its sender likes.
        guard !device.name.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            return refuse(
                .unknownDevice, "the device's name \(device.name.text.excerpt) holds control characters")
        }
        // What is no text would be repaired, and two such names might be one then.
        guard let name = String(validating: device.name, as: UTF8.self) else {
            return refuse(.unknownDevice, "the device's name \(device.name.text.excerpt) is not UTF-8")
        }
        let quantityName = String(decoding: quantity, as: UTF8.self)
        let configured = devices[name] ?? device.alternate.flatMap { devices[String(decoding: $0, as: UTF8.self)] }
        if configured == nil, let kind = PersonalName.kind(of: device.name) {
            return refuse(.personalData, kind.deviceComplaint)
        }
        guard let known = quantities.quantity(quantityName, of: configured) else {
            if let kind = PersonalName.kind(of: quantity) {
                return refuse(.personalData, kind.quantityComplaint)
            }
            return refuse(
                .unknownQuantity,
                "unknown quantity \(quantityName.excerpt); define it in [quantity.…], or take its topic by a [[source]] of "
                    + "its own whose `values` says what it is")
        }
        if configured == nil, options.unknownDevices == .quarantine {
            return refuse(.unknownDevice, "unknown device \(name.excerpt); add a [[device]] with this id")
        }
        let topicType = type.flatMap(SeriesRegistry.impersonal) ?? ""
        var series = Series(
            number: nextNumber, device: configured?.id ?? name,
            alternateName: device.alternate.flatMap(SeriesRegistry.impersonal), quantity: known,
            deviceType: configured.map(\.type).flatMap { $0.isEmpty ? nil : $0 } ?? topicType,
            intervalMilliseconds: configured?.intervalMilliseconds ?? options.sources[source].intervalMilliseconds,
            site: configured?.site ?? "", neighbourhood: configured?.neighbourhood ?? "")
        series.latenessMilliseconds = options.sources[source].latenessMilliseconds
        return .success(
            Entry(series: series, geometry: quantityName == "fill_distance" ? configured?.geometry : nil))
    }

    /// What is kept beside the name: nothing that looks personal.
    private static func impersonal(_ name: UnsafeRawBufferPointer) -> String? {
        PersonalName.kind(of: name) == nil ? String(decoding: name, as: UTF8.self) : nil
    }
}
