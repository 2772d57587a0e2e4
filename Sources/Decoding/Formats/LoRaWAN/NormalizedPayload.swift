import Telemetry

/// What The Things Stack's `normalized_payload` holds: measurements with documented names, each in a documented unit.
/// Source: TheThingsNetwork/lorawan-devices, lib/payload.json.
///
/// Temperatures and moisture of soil and water are no quantities of a street by themselves, and are left to `values`.
struct NormalizedPayload {
    private let fields: [(group: StaticString?, name: StaticString, meaning: FieldMeaning)]

    /// More than fit an uplink.
    private static let maximumCount = 100

    init(_ catalogue: QuantityCatalogue) {
        let documented: [(StaticString?, StaticString, quantity: String, unit: String)] = [
            ("air", "temperature", "temperature", "Cel"),
            ("air", "relativeHumidity", "humidity", "%"),
            ("air", "pressure", "pressure", "hPa"),
            ("air", "co2", "co2", "[ppm]"),
            ("air", "lightIntensity", "illuminance", "lx"),
            ("wind", "speed", "wind_speed", "m/s"),
            ("wind", "direction", "wind_direction", "deg"),
            (nil, "battery", "battery_voltage", "V"),
        ]
        fields = documented.compactMap { group, name, quantity, unit in
            guard catalogue[quantity] != nil else { return nil }
            return (group, name, FieldMeaning(quantity: quantity, unit: unit, isExplicit: false))
        }
    }

    /// Offers the known fields of each measurement.
    func add(_ normalized: JSONValue, to known: inout KnownFields, writer: ReadingWriter) {
        NormalizedPayload.forEachMeasurement(in: normalized, writer) { measurement, time in
            for (group, name, meaning) in fields {
                let parent = group.map { measurement.field($0) } ?? measurement
                guard let value = parent?.field(name) else { continue }
                known.offer(
                    value.uplinkValue, meaning: meaning,
                    at: KnownFields.Place(parent: group.map(\.bytes), name: name.bytes), plainness: .normalized,
                    time: time)
            }
        }
    }

    /// Visits the measurements, each with its own time if it has one.
    static func forEachMeasurement(
        in normalized: JSONValue, _ writer: ReadingWriter, visit: (JSONValue, ReadingTime?) -> Void
    ) {
        var count = 0
        while let measurement = normalized.element(count) {
            guard count < maximumCount else {
                writer.reject(.tooLarge, "more than \(count) measurements in one normalised payload")
                return
            }
            count += 1
            guard let value = measurement.field("time"), value.kind != .null else {
                visit(measurement, nil)
                continue
            }
            if let time = UplinkTime.read(value) {
                visit(measurement, .device(time))
            } else {
                writer.reject(
                    .badTime, "a measurement's `time` is \(value.fieldValue.shown), not a time in RFC 3339",
                    readings: 1)
            }
        }
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
