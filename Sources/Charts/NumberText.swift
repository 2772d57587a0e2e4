import Telemetry

/// Numbers with a fixed number of digits behind the point, thousands apart by a space that no line breaks at: `12 345.60`.
public enum NumberText {
    /// - Parameter decimals: 0 to 9; more are cut.
    public static func text(_ value: Double, decimals: Int) -> String {
        let decimals = max(0, decimals)
        guard value.isFinite, decimals <= 9 else { return JSONLine.number(value) }
        let scale = powers[decimals]
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 1e15 else { return JSONLine.number(value) }
        let whole = Int64(scaled)
        let (units, fraction) = (whole / Int64(scale), whole % Int64(scale))
        var text = grouped(units)
        if decimals > 0 {
            let digits = String(fraction)
            text += "." + String(repeating: "0", count: decimals - digits.count) + digits
        }
        return value < 0 && whole > 0 ? "-\(text)" : text
    }

    private static let powers: [Double] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

    private static func grouped(_ value: Int64) -> String {
        let digits = String(value)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index) % 3 == 0 { text += "\u{A0}" }
            text.append(digit)
        }
        return text
    }
}
