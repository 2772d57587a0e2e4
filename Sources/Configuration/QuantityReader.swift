import Telemetry

/// Reads `[quantity.NAME]`: changes of built-in quantities, and new ones.
struct QuantityReader {
    let complaints: Complaints

    /// Keys of the design that later versions understand.
    static let laterTests: Set<String> = [
        "spike", "rate_of_change", "flat_line", "attenuated_signal", "time_gap", "co_located", "peer_spread",
    ]

    func read(_ table: TableReader, into catalogue: inout QuantityCatalogue) {
        for field in table.keys {
            var section = TableReader(field.node, name: "[quantity.\(field.key)]", complaints: complaints)
            guard let quantity = read(&section, name: field.key, keyPlace: field.keyPlace, catalogue: catalogue) else {
                continue
            }
            catalogue.define(quantity)
        }
    }

    private func read(
        _ table: inout TableReader, name: String, keyPlace: Place, catalogue: QuantityCatalogue
    ) -> Quantity? {
        let unit = table.string("unit")
        let kind = table.choice("kind", among: Quantity.Kind.allCases.map(\.rawValue)).flatMap(Quantity.Kind.init)
        let grossRange = GrossRangeReader.read(&table, complaints: complaints)
        table.finish(laterKeys: QuantityReader.laterTests)
        if var known = catalogue[name] {
            if let unit { changeUnit(of: &known, to: unit, place: keyPlace, keepsLimits: grossRange == nil) }
            if let kind { known.kind = kind }
            if let grossRange { known.grossRange = grossRange }
            return known
        }
        guard let unit, let kind else {
            complaints.error(
                keyPlace, "`\(name)` is not a built-in quantity; a new one needs `unit` and `kind`",
                suggestion: Spelling.nearest(to: name, among: catalogue.quantities.keys.sorted()))
            return nil
        }
        return Quantity(name: name, unit: unit, kind: kind, grossRange: grossRange)
    }
}

extension QuantityReader {
    /// Limits that are not given anew follow the unit.
    private func changeUnit(of quantity: inout Quantity, to unit: String, place: Place, keepsLimits: Bool) {
        if keepsLimits, let limits = quantity.grossRange {
            var target = quantity
            target.unit = unit
            guard let conversion = UnitConversion.from(quantity.unit, to: target) else {
                complaints.error(
                    place,
                    "the limits of \(quantity.name) in \(quantity.unit) cannot be turned into \(unit); give `gross_range`"
                )
                return
            }
            func converted(_ span: ClosedRange<Double>?) -> ClosedRange<Double>? {
                span.map { conversion.apply($0.lowerBound)...conversion.apply($0.upperBound) }
            }
            quantity.grossRange = GrossRangeLimits(fail: converted(limits.fail), suspect: converted(limits.suspect))
        }
        quantity.unit = unit
    }
}

/// Reads `gross_range = { fail = [a, b], suspect = [a, b] }`.
enum GrossRangeReader {
    static func read(_ table: inout TableReader, complaints: Complaints) -> GrossRangeLimits? {
        guard let node = table.node("gross_range") else { return nil }
        var spans = TableReader(node, name: "gross_range", complaints: complaints)
        let limits = GrossRangeLimits(fail: spans.span("fail"), suspect: spans.span("suspect"))
        if let fail = limits.fail, let suspect = limits.suspect,
            suspect.lowerBound < fail.lowerBound || suspect.upperBound > fail.upperBound
        {
            complaints.error(node.place, "`suspect` must lie within `fail`")
        }
        spans.finish()
        return limits
    }
}
