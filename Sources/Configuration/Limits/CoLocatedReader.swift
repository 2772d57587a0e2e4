import Telemetry

/// Reads `co_located = { quantity = "humidity", above = 70, age = "15m" }`.
struct CoLocatedReader {
    let quantityNames: Set<String>
    /// As far as it is read.
    let catalogue: QuantityCatalogue
    /// Whose readings are judged.
    let name: String

    func read(_ table: inout TableReader) -> CoLocatedLimits? {
        var limits = CoLocatedLimits(above: 0)
        if let quantity = table.string("quantity") {
            limits.quantity = quantity
            if !quantityNames.contains(quantity) {
                table.complaints.error(
                    table.place(of: "quantity"), "unknown quantity `\(quantity)`",
                    suggestion: Spelling.nearest(to: quantity, among: quantityNames.sorted()))
            }
        }
        checkReference(limits.quantity, of: table)
        if let age = table.duration("age", in: 1000...86_400_000) { limits.ageMilliseconds = age }
        guard table.has("above") else {
            table.complaints.error(
                table.place, "`co_located` needs `above`: a reading is suspect when \(limits.quantity) is more")
            return nil
        }
        guard let above = table.number("above", in: -1e150...1e150) else { return nil }
        limits.above = above
        if let range = catalogue[limits.quantity]?.grossRange?.fail, above >= range.upperBound {
            table.complaints.warn(
                table.place(of: "above"),
                "`above` is \(JSONLine.number(above)), and \(limits.quantity) never is: what is over \(JSONLine.number(range.upperBound)) fails its gross range and speaks for nothing"
            )
        }
        return limits
    }

    private func checkReference(_ quantity: String, of table: TableReader) {
        let place = table.has("quantity") ? table.place(of: "quantity") : table.place
        if quantity == name {
            table.complaints.error(
                place, "`co_located` of \(name.plain) must name another quantity: none stands beside itself")
        } else if catalogue[quantity]?.kind == .circular {
            table.complaints.error(
                place, "`co_located` cannot go by \(quantity), which is circular: none of its values is above another")
        }
    }
}
