import Telemetry

/// The units of UN/CEFACT Recommendation 20 that NGSI names in `unitCode`, as ``UnitConversion`` spells them.
enum UnitCode {
    /// - Returns: nil for a code that is not listed; it may be a spelling of the unit itself.
    static func unit(_ code: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let unit = key(code).flatMap({ units[$0] }) else { return nil }
        return UnsafeRawBufferPointer(start: unit.utf8Start, count: unit.utf8CodeUnitCount)
    }

    /// A code has two or three characters.
    private static func key(_ code: some Collection<UInt8>) -> UInt32? {
        guard code.count <= 4 else { return nil }
        return code.reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static let units: [UInt32: StaticString] = {
        let codes: [(String, StaticString)] = [
            ("GQ", "ug/m3"), ("GP", "mg/m3"), ("59", "ppm"), ("61", "ppb"),
            ("CEL", "Cel"), ("FAH", "[degF]"), ("KEL", "K"),
            ("P1", "%"), ("C62", "1"),
            ("A97", "hPa"), ("MBR", "mbar"), ("PAL", "Pa"), ("KPA", "kPa"), ("BAR", "bar"),
            ("KMH", "km/h"), ("MTS", "m/s"), ("HM", "mph"), ("KNT", "kn"),
            ("MMT", "mm"), ("CMT", "cm"), ("MTR", "m"), ("INH", "in"), ("FOT", "ft"),
            ("KGM", "kg"), ("GRM", "g"), ("TNE", "t"),
            ("C26", "ms"), ("SEC", "s"), ("MIN", "min"), ("HUR", "h"),
            ("DD", "deg"), ("C81", "rad"), ("LUX", "lx"), ("VLT", "V"), ("2Z", "mV"), ("2N", "dB"),
        ]
        return Dictionary(
            codes.compactMap { code, unit in key(code.utf8).map { ($0, unit) } },
            uniquingKeysWith: { first, _ in first })
    }()
}
