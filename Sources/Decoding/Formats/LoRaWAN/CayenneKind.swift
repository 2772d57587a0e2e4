/// A data type of CayenneLPP: what its bytes are, and what it is called before the channel, as in `temperature_3`.
///
/// Source: myDevicesIoT/CayenneLPP, src/CayenneLPP.h; the types that came later as in ElectronicCats/CayenneLPP. The
/// polyline (240) is left out, since its length is not fixed.
struct CayenneKind: Sendable {
    let code: UInt8
    /// First as The Things Stack's payload formatter writes it, then as other decoders do.
    let names: [String]
    /// The key of its channels in what ChirpStack's codec makes of a frame.
    var chirpStackName: String?
    let parts: [Part]
    /// The quantity that it always is, where its name is not the quantity's own.
    var quantity: String?

    struct Part: Sendable {
        /// Empty where it is the only one.
        let name: String
        let byteCount: Int
        let divisor: Double
        var isSigned = false
        /// As a UCUM code; nil for a number without a unit of its own.
        var unit: String?
        /// What no sensor exceeds: a frame that does is none of CayenneLPP.
        var plausible: ClosedRange<Double>?

        /// The value, exact in its decimals: an integer is divided, once.
        func value(in frame: UnsafeRawBufferPointer, at offset: Int) -> Double {
            var whole = 0
            for byte in frame[offset..<(offset + byteCount)] { whole = whole << 8 | Int(byte) }
            if isSigned, whole >= 1 << (8 * byteCount - 1) { whole -= 1 << (8 * byteCount) }
            return Double(whole) / divisor
        }
    }

    var byteCount: Int { parts.reduce(0) { $0 + $1.byteCount } }

    /// Whether The Things Stack's and ChirpStack's own decoders know it.
    var isOriginal: Bool { chirpStackName != nil }

    static let all = original + later

    private static let original = [
        one(0, ["digital_in", "digital_input"], bytes: 1, chirpStack: "digitalInput"),
        one(1, ["digital_out", "digital_output"], bytes: 1, chirpStack: "digitalOutput"),
        one(2, ["analog_in", "analog_input"], bytes: 2, per: 100, isSigned: true, chirpStack: "analogInput"),
        one(3, ["analog_out", "analog_output"], bytes: 2, per: 100, isSigned: true, chirpStack: "analogOutput"),
        one(
            101, ["luminosity", "illuminance"], bytes: 2, unit: "lx", chirpStack: "illuminanceSensor",
            quantity: "illuminance"),
        one(102, ["presence"], bytes: 1, chirpStack: "presenceSensor"),
        one(
            103, ["temperature"], bytes: 2, per: 10, isSigned: true, unit: "Cel", plausible: -100...200,
            chirpStack: "temperatureSensor"),
        one(
            104, ["relative_humidity", "humidity"], bytes: 1, per: 2, unit: "%", plausible: 0...105,
            chirpStack: "humiditySensor", quantity: "humidity"),
        CayenneKind(
            code: 113, names: ["accelerometer"], chirpStackName: "accelerometer",
            parts: axes(per: 1000, unit: "[g]")),
        one(
            115, ["barometric_pressure", "barometer"], bytes: 2, per: 10, unit: "hPa", plausible: 300...1200,
            chirpStack: "barometer", quantity: "pressure"),
        CayenneKind(
            code: 134, names: ["gyrometer"], chirpStackName: "gyrometer", parts: axes(per: 100, unit: "deg/s")),
        CayenneKind(
            code: 136, names: ["gps"], chirpStackName: "gpsLocation",
            parts: [
                Part(
                    name: "latitude", byteCount: 3, divisor: 10_000, isSigned: true, unit: "deg", plausible: -90...90),
                Part(
                    name: "longitude", byteCount: 3, divisor: 10_000, isSigned: true, unit: "deg",
                    plausible: -180...180),
                Part(name: "altitude", byteCount: 3, divisor: 100, isSigned: true, unit: "m"),
            ]),
    ]

    private static let later = [
        one(100, ["generic", "generic_sensor"], bytes: 4),
        one(116, ["voltage"], bytes: 2, per: 100, unit: "V"),
        one(117, ["current"], bytes: 2, per: 1000, unit: "A"),
        one(118, ["frequency"], bytes: 4, unit: "Hz"),
        one(120, ["percentage"], bytes: 1, unit: "%", plausible: 0...100),
        one(121, ["altitude"], bytes: 2, isSigned: true, unit: "m"),
        one(125, ["concentration"], bytes: 2, unit: "[ppm]"),
        one(128, ["power"], bytes: 2, unit: "W"),
        one(130, ["distance"], bytes: 4, per: 1000, unit: "m", quantity: "fill_distance"),
        one(131, ["energy"], bytes: 4, per: 1000, unit: "kW.h"),
        one(132, ["direction"], bytes: 2, unit: "deg", plausible: 0...360),
        one(133, ["unixtime", "time"], bytes: 4, unit: "s"),
        CayenneKind(
            code: 135, names: ["colour"],
            parts: ["r", "g", "b"].map { Part(name: $0, byteCount: 1, divisor: 1) }),
        one(142, ["switch"], bytes: 1),
    ]

    private static func one(
        _ code: UInt8, _ names: [String], bytes: Int, per divisor: Double = 1, isSigned: Bool = false,
        unit: String? = nil, plausible: ClosedRange<Double>? = nil, chirpStack: String? = nil, quantity: String? = nil
    ) -> CayenneKind {
        let part = Part(
            name: "", byteCount: bytes, divisor: divisor, isSigned: isSigned, unit: unit, plausible: plausible)
        return CayenneKind(
            code: code, names: names, chirpStackName: chirpStack, parts: [part], quantity: quantity)
    }

    private static func axes(per divisor: Double, unit: String) -> [Part] {
        ["x", "y", "z"].map { Part(name: $0, byteCount: 2, divisor: divisor, isSigned: true, unit: unit) }
    }
}
