import GatewayConfiguration
import Telemetry

/// Measures as they stand in a sentence.
enum MeasureWords {
    static func text(_ milliseconds: Int64) -> String {
        milliseconds < 1000 ? "\(milliseconds) ms" : "\(JSONLine.number(Double(milliseconds / 100) / 10)) s"
    }

    /// `2 GiB`
    static func size(_ bytes: Int64) -> String {
        let text = Measure.text(bytes: bytes)
        let digits = text.prefix { $0.isNumber }
        return "\(digits) \(text.dropFirst(digits.count))"
    }
}
