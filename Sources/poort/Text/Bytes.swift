import Telemetry

/// An amount of bytes in three digits or so: `1.2 MB`.
enum Bytes {
    static func text(_ bytes: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let shown = unit == 0 || value >= 100 ? "\(Int(value.rounded()))" : JSONLine.number((value * 10).rounded() / 10)
        return "\(shown) \(units[unit])"
    }
}
