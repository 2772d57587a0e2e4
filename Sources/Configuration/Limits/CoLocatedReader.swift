import Telemetry

/// Reads `co_located = { quantity = "humidity", above = 70, age = "15m" }`.
struct CoLocatedReader {
    let quantityNames: Set<String>

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
        if let age = table.duration("age", in: 1000...86_400_000) { limits.ageMilliseconds = age }
        guard table.has("above") else {
            table.complaints.error(
                table.place, "`co_located` needs `above`: a reading is suspect when \(limits.quantity) is more")
            return nil
        }
        guard let above = table.number("above", in: -1e150...1e150) else { return nil }
        limits.above = above
        return limits
    }
}
