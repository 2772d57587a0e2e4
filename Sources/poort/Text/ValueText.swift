import Telemetry

/// A measured value with one digit behind the point, so that points stand below each other; counts without.
enum ValueText {
    static func text(_ value: Double, unit: String) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        if unit == "1", value == value.rounded() { return JSONLine.number(value) }
        let tenths = Int64((abs(value) * 10).rounded())
        return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
    }
}
