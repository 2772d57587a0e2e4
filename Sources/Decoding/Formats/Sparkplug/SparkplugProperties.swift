import Telemetry

/// What the properties of a metric say that matters for a reading.
///
/// Source: Sparkplug 3.0, 6.4.8 to 6.4.10, for `Quality`; `engUnit` is what Ignition and Eclipse Tahu call the unit.
struct SparkplugProperties {
    private(set) var unit: UnsafeRawBufferPointer?
    /// The value is bad (0), or stale (500).
    private(set) var isBad = false

    /// Keys and values stand in two lists, the first value for the first key.
    init(_ bytes: UnsafeRawBufferPointer) {
        var unitPlace: Int?
        var qualityPlace: Int?
        var place = 0
        var keys = ProtobufReader(bytes)
        while let (number, value) = keys.next() {
            guard number == 1, case .bytes(let key) = value else { continue }
            if key.hasSameBytes(as: "engUnit") { unitPlace = place }
            if key.hasSameBytes(as: "Quality") { qualityPlace = place }
            place += 1
        }
        guard unitPlace != nil || qualityPlace != nil else { return }
        place = 0
        var values = ProtobufReader(bytes)
        while let (number, value) = values.next() {
            guard number == 2, case .bytes(let property) = value else { continue }
            if place == unitPlace { unit = SparkplugProperties.text(property) }
            if place == qualityPlace, let code = SparkplugProperties.whole(property) {
                isBad = code == 0 || code == 500
            }
            place += 1
        }
    }

    private static func text(_ property: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var reader = ProtobufReader(property)
        while let (number, value) = reader.next() {
            if number == 8, case .bytes(let text) = value { return text }
        }
        return nil
    }

    private static func whole(_ property: UnsafeRawBufferPointer) -> UInt64? {
        var reader = ProtobufReader(property)
        while let (number, value) = reader.next() {
            if number == 3 || number == 4, case .varint(let whole) = value { return whole }
        }
        return nil
    }
}
