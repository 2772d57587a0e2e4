import Telemetry

/// Steps through the table `hours`, whose rows lie in groups of starts, in the order of starts and series: those of all
/// series by as many passes through a group as it has starts, so that nothing needs to be sorted or kept.
///
/// For some series it looks at their rows alone, that lie together in each group.
final class HourWalk {
    /// Of ``AggregateTable/columns``.
    let rows: Statement
    private let keys: AggregateKeys
    private let series: [SeriesID]?
    private let order: ReadingsRequest.Order
    /// Stands on its row, which keeps all other statements at the moment in which the walk began.
    private let moment: Statement
    private let neighbour: Statement
    /// Steps that were not looked through yet, nor are by the passes.
    private var rest: Range<Int64>
    /// Whether the group has rows that are asked for.
    private var hasFound = false
    /// What is still to be looked through in this group, the last first.
    private var passes: [Pass] = []
    private var isInPass = false

    private struct Pass {
        var ids: ClosedRange<Int64>
        /// The only start that is meant, by its place in the group.
        var place: Int64 = 0
    }

    /// - Parameters:
    ///   - series: ascending; nil for all.
    ///   - order: where any will do, a group's rows come as they lie.
    init(
        _ database: Database, in range: Range<Timestamp>, of series: [SeriesID]?, order: ReadingsRequest.Order
    ) throws(StorageError) {
        let table = AggregateTable(.hour)
        let direction = order == .descending ? "DESC" : ""
        keys = table.keys
        rest = keys.steps(in: range)
        self.series = series
        self.order = order
        let start = series == nil ? "AND id & \(keys.groupSize - 1) = ?3" : ""
        rows = try database.prepare(
            "SELECT \(table.columns) FROM hours WHERE id BETWEEN ?1 AND ?2 \(start) ORDER BY id \(direction)")
        neighbour = try database.prepare(
            "SELECT id FROM hours WHERE id >= ?1 AND id < ?2 ORDER BY id \(direction) LIMIT 1")
        moment = try database.prepare("SELECT EXISTS(SELECT 1 FROM hours)")
        try moment.step("begin to read hours")
    }

    /// - Returns: whether there is a row to read.
    func step(_ operation: @autoclosure () -> String) throws(StorageError) -> Bool {
        while true {
            if isInPass {
                if try rows.step(operation()) {
                    hasFound = true
                    return true
                }
                rows.reset()
                isInPass = false
            }
            if passes.isEmpty {
                guard let group = try nextGroup() else { return false }
                enter(group)
            }
            guard let pass = passes.popLast() else { continue }
            rows.bind(1, pass.ids.lowerBound)
            rows.bind(2, pass.ids.upperBound)
            if series == nil { rows.bind(3, pass.place) }
            isInPass = true
        }
    }

    // MARK: - Groups

    /// The steps of the next group in which something may be that is asked for.
    private func nextGroup() throws(StorageError) -> Range<Int64>? {
        guard let first = rest.first, let last = rest.last else { return nil }
        var next = order == .descending ? last : first
        // Where nothing was found there may be years of nothing.
        if !hasFound {
            let ids = keys.ids(of: rest)
            neighbour.bind(1, ids.lowerBound)
            neighbour.bind(2, ids.upperBound)
            defer { neighbour.reset() }
            guard try neighbour.step("look for the next hours") else { return nil }
            next = keys.step(of: neighbour.integer(0))
        }
        hasFound = false
        let group = keys.group(around: next)
        let steps = Range(group).clamped(to: rest)
        rest = order == .descending ? first..<steps.lowerBound : steps.upperBound..<last + 1
        return steps
    }

    private func enter(_ group: Range<Int64>) {
        guard let first = group.first, let last = group.last else { return }
        guard let series else {
            let ids = keys.ids(of: group)
            passes = group.map { Pass(ids: ids.lowerBound...ids.upperBound - 1, place: keys.place(of: $0)) }
            return turn()
        }
        if series.count == 1 || order == .any {
            passes = series.map { Pass(ids: keys.id(first, $0)...keys.id(last, $0)) }
        } else {
            passes = group.flatMap { step in series.map { Pass(ids: keys.id(step, $0)...keys.id(step, $0)) } }
        }
        turn()
    }

    private func turn() {
        if order != .descending { passes.reverse() }
    }
}
