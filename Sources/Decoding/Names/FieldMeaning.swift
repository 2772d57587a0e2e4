import Telemetry

/// What a payload's field stands for. By reference, so that handing it on copies nothing.
final class FieldMeaning: Sendable {
    /// A quantity's name; one that the catalogue does not have is refused when a series is to be made of it.
    let quantity: [UInt8]
    /// The unit in which its numbers arrive, where the payload does not say.
    let unit: [UInt8]?
    /// Somebody named it, in the configuration or the topic, so that a value which is none is worth a rejection.
    let isExplicit: Bool

    init(quantity: String, unit: String?, isExplicit: Bool) {
        self.quantity = Array(quantity.utf8)
        self.unit = unit.map { Array($0.utf8) }
        self.isExplicit = isExplicit
    }
}

/// What a format's own documentation says of a field's name.
struct FieldConvention: Sendable {
    var quantity: String
    /// A UCUM code or a spelling that ``UnitConversion`` knows; nil for the quantity's canonical unit.
    var unit: String?

    init(_ quantity: String, _ unit: String? = nil) {
        self.quantity = quantity
        self.unit = unit
    }
}
