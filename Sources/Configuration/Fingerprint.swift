/// A short name for a configuration's content.
enum Fingerprint {
    static func of(_ configuration: Configuration) -> String {
        var plain = configuration
        plain.warnings = []
        plain.places = FilePlaces()
        // FNV-1a over a description in which dictionaries and sets stand in a fixed order.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in description(of: plain).utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    private static func description(of value: Any) -> String {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .dictionary || mirror.displayStyle == .set {
            return "{" + mirror.children.map { description(of: $0.value) }.sorted().joined(separator: ",") + "}"
        }
        if mirror.children.isEmpty { return "\(value)" }
        return "("
            + mirror.children.map { "\($0.label ?? ""):\(description(of: $0.value))" }.joined(separator: ",") + ")"
    }
}
