import Telemetry

/// Reads what `[quantity.NAME]` says of aggregates: `required_coverage` and `counter`.
struct AggregationReader {
    let complaints: Complaints

    /// What was read; to be applied to the quantity that it is about.
    struct Keys {
        var requiredCoverage: Double?
        var counterWidth: CounterWidth?
        /// Of `counter`, where it stands there.
        var counterPlace: Place?
    }

    func read(_ table: inout TableReader) -> Keys {
        var keys = Keys(requiredCoverage: readCoverage(&table))
        if var counter = table.table("counter") {
            keys.counterPlace = table.place(of: "counter")
            keys.counterWidth = readWidth(&counter)
        }
        return keys
    }

    func apply(_ keys: Keys, to quantity: inout Quantity) {
        if let coverage = keys.requiredCoverage { quantity.requiredCoverage = coverage }
        guard let place = keys.counterPlace else { return }
        guard quantity.kind == .counter else {
            complaints.error(
                place,
                "`counter` is for a quantity of kind counter; \(quantity.name.plain) is of kind \(quantity.kind.rawValue)"
            )
            return
        }
        quantity.counterWidth = keys.counterWidth
    }

    private func readCoverage(_ table: inout TableReader) -> Double? {
        if let node = table.node("required_coverage"), let number = node.number, number > 1, number <= 100 {
            complaints.error(
                node.place, "`required_coverage` is \(node.shown); it is a share, from 0 to 1",
                suggestion: JSONLine.number(number / 100))
            return nil
        }
        return table.number("required_coverage", in: 0...1)
    }

    private func readWidth(_ table: inout TableReader) -> CounterWidth? {
        let bits = table.integer("bits", in: 1...53)
        let rate = table.number("maximum_per_second", in: 0.001...1_000_000)
        if !table.has("bits") {
            complaints.error(
                table.place, "`counter` has no `bits`; after so many it goes on from 0: { bits = 32 }")
        }
        table.finish()
        guard let bits, rate != nil || !table.has("maximum_per_second"),
            let width = CounterWidth(bits: bits, maximumPerSecond: rate ?? CounterWidth.defaultMaximumPerSecond)
        else { return nil }
        guard width.maximumPerSecond < width.modulus else {
            let (most, values) = (JSONLine.number(width.maximumPerSecond), JSONLine.number(width.modulus))
            complaints.error(
                table.place(of: "bits"),
                "`bits` is \(bits): with \(values) values and \(most) a second it goes round within a second, and no wrap can be told; `maximum_per_second` must be lower"
            )
            return nil
        }
        return width
    }
}
