import Telemetry

/// Reads `[quantity.NAME]`: changes of built-in quantities, and new ones.
struct QuantityReader {
    let complaints: Complaints

    /// - Returns: what was changed of limits, to be compared with the sources' intervals.
    func read(_ table: TableReader, into catalogue: inout QuantityCatalogue) -> [LimitsWithPlace] {
        let names = Set(catalogue.quantities.keys).union(table.fields.map(\.key))
        var limitsWithPlaces: [LimitsWithPlace] = []
        for field in table.fields {
            if field.key.isEmpty || field.key.hasControlCharacters || field.key.utf8.count > 64 {
                complaints.error(
                    field.keyPlace,
                    "\"\(field.key.plain)\" is no quantity's name: 1 to 64 bytes without control characters, such as water_level"
                )
                continue
            }
            let path = "quantity.\(field.key)"
            guard var section = TableReader(field.node, path: path, complaints: complaints) else { continue }
            let quantity = read(&section, name: field.key, keyPlace: field.keyPlace, catalogue: catalogue)
            let limitsReader = QualityLimitsReader(
                complaints: complaints, quantityNames: names, catalogue: catalogue)
            let changes = limitsReader.read(&section, of: field.key)
            _ = section.node("part_of")
            section.finish()
            guard var quantity else { continue }
            limitsReader.check(changes, fit: quantity.kind, of: section)
            changes.apply(to: &quantity.limits)
            limitsWithPlaces.append(LimitsWithPlace(name: field.key, changes: changes, table: section))
            catalogue.define(quantity)
        }
        return limitsWithPlaces
    }

    /// Reads `part_of`, once all quantities are known.
    /// - Returns: a total for each part.
    func readTotals(_ table: TableReader, of catalogue: QuantityCatalogue) -> [String: String] {
        var totals: [String: String] = [:]
        for field in table.fields {
            guard case .table(let keys) = field.node.value,
                let node = keys.first(where: { $0.key == "part_of" })?.node
            else { continue }
            guard case .string(let total) = node.value else {
                complaints.error(node.place, "`part_of` must be a quantity's name in a string, not \(node.shown)")
                continue
            }
            guard catalogue[total] != nil, total != field.key else {
                complaints.unknownQuantity(total, in: "`part_of`", at: node.place, of: catalogue)
                continue
            }
            totals[field.key] = total
        }
        return totals
    }

    private func read(
        _ table: inout TableReader, name: String, keyPlace: Place, catalogue: QuantityCatalogue
    ) -> Quantity? {
        let unit = readUnit(&table)
        let kind = table.choice("kind", among: Quantity.Kind.allCases.map(\.rawValue)).flatMap(Quantity.Kind.init)
        let grossRange = GrossRangeReader.read(&table, complaints: complaints)
        let aggregation = AggregationReader(complaints: complaints)
        let aggregationKeys = aggregation.read(&table)
        if var known = catalogue[name] {
            if let unit {
                changeUnit(of: &known, to: unit, place: table.place(of: "unit"), keepsLimits: grossRange == nil)
            }
            if let kind, kind != known.kind {
                // Limits of a level say nothing of a counter.
                known.kind = kind
                known.limits = QualityLimits()
            }
            if let grossRange { known.grossRange = grossRange }
            aggregation.apply(aggregationKeys, to: &known)
            return known
        }
        let missing = ["unit", "kind"].filter { !table.has($0) }
        guard missing.isEmpty else {
            let kinds = Quantity.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            complaints.error(
                keyPlace,
                "`\(name.plain)` is not a built-in quantity, and a new one needs `unit` and `kind`; "
                    + missing.map { "`\($0)`" }.joined(separator: " and ")
                    + (missing.count == 1 ? " is missing" : " are missing")
                    + (missing.contains("kind") ? "; a kind is one of \(kinds)" : ""),
                suggestion: Spelling.nearest(to: name, among: catalogue.quantities.keys.sorted()))
            return nil
        }
        guard let unit, let kind else { return nil }
        if !UnitConversion.isKnown(unit) { warnOfUnknown(unit, place: table.place(of: "unit")) }
        var quantity = Quantity(name: name, unit: unit, kind: kind, grossRange: grossRange)
        aggregation.apply(aggregationKeys, to: &quantity)
        return quantity
    }

    private static let longestUnit = 32

    /// Any text that could be a unit. Source: UCUM, which has visible characters alone.
    private func readUnit(_ table: inout TableReader) -> String? {
        guard let unit = table.string("unit") else { return nil }
        let place = table.place(of: "unit")
        guard !unit.hasControlCharacters, !unit.contains(" ") else {
            complaints.error(
                place, "`unit` is \"\(unit.plain)\"; a unit has no spaces or control characters in it, as in \"ug/m3\"",
                suggestion: unit.hasControlCharacters ? nil : unit.filter { $0 != " " })
            return nil
        }
        guard unit.utf8.count <= QuantityReader.longestUnit else {
            complaints.error(
                place,
                "`unit` is \"\(unit.plain)\"; at most \(QuantityReader.longestUnit) bytes are a unit, as in \"ug/m3\"")
            return nil
        }
        return unit
    }

    private func warnOfUnknown(_ unit: String, place: Place) {
        complaints.warn(
            place,
            "no conversion is known to unit \"\(unit)\": values are kept as they arrive, and those that name another unit are quarantined"
        )
    }

    /// Limits that are not given anew follow the unit.
    private func changeUnit(of quantity: inout Quantity, to unit: String, place: Place, keepsLimits: Bool) {
        var target = quantity
        target.unit = unit
        guard let conversion = UnitConversion.from(quantity.unit, to: target) else {
            let problem = "unit \"\(unit)\" is not known for \(quantity.name)"
            if keepsLimits {
                let help = UnitHelp(for: quantity, instead: unit)
                complaints.error(
                    place, "\(problem); \(help.words), or give `gross_range` in it", suggestion: help.suggestion)
            } else {
                complaints.warn(
                    place, "\(problem): what formats or payloads say is in \(quantity.unit) will be quarantined")
            }
            quantity.unit = unit
            // Where the units have nothing in common, built-in limits have no meaning either.
            quantity.limits = QualityLimits()
            return
        }
        quantity.limits = quantity.limits.scaled(by: conversion.multiplier / conversion.divisor)
        if keepsLimits, let limits = quantity.grossRange {
            func converted(_ span: ClosedRange<Double>?) -> ClosedRange<Double>? {
                span.map { conversion.apply($0.lowerBound)...conversion.apply($0.upperBound) }
            }
            quantity.grossRange = GrossRangeLimits(fail: converted(limits.fail), suspect: converted(limits.suspect))
        }
        quantity.unit = unit
    }
}

/// Which units would be right for a quantity.
struct UnitHelp {
    let words: String
    let suggestion: String?

    init(for quantity: Quantity, instead unit: String) {
        let spellings = UnitConversion.spellings(for: quantity)
        let codes = spellings.map { $0[0] }
        words =
            codes.count == 1
            ? "\(codes[0]) alone is right"
            : "\(codes.dropLast().joined(separator: ", ")) or \(codes[codes.count - 1]) would be right"
        suggestion = Spelling.nearest(to: unit, among: spellings.flatMap { $0 })
    }
}

/// Reads `gross_range = { fail = [a, b], suspect = [a, b] }`.
enum GrossRangeReader {
    static func read(_ table: inout TableReader, complaints: Complaints) -> GrossRangeLimits? {
        guard var spans = table.table("gross_range") else { return nil }
        let limits = GrossRangeLimits(fail: spans.span("fail"), suspect: spans.span("suspect"))
        if let fail = limits.fail, let suspect = limits.suspect,
            suspect.lowerBound < fail.lowerBound || suspect.upperBound > fail.upperBound
        {
            complaints.error(
                spans.place(of: "suspect"),
                "`suspect` is \(shown(suspect)) and `fail` \(shown(fail)); `suspect` must lie within `fail`, since it is the narrower one"
            )
        }
        spans.finish()
        return limits
    }

    private static func shown(_ span: ClosedRange<Double>) -> String {
        "[\(JSONLine.number(span.lowerBound)), \(JSONLine.number(span.upperBound))]"
    }
}
