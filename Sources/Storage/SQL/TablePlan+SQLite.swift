import CSQLite

extension TablePlan {
    /// Chooses from what SQLite offers, and says so in `info`.
    /// - Parameters:
    ///   - roles: of the columns, by their number.
    ///   - rowCount: about how many rows the table has.
    ///   - isOrderedWithinTier: whether rows of different tiers come in no order of time.
    ///   - rowCount: about how many rows the table has.
    init(
        choosingFrom info: UnsafeMutablePointer<sqlite3_index_info>, roles: [Int32: Role], needs: Int32,
        rowCount: Double, isOrderedWithinTier: Bool = false
    ) {
        self.needs = needs
        for index in 0..<Int(info.pointee.nConstraint) where conditions.count < TablePlan.mostConditions {
            let constraint = info.pointee.aConstraint[index]
            guard constraint.usable != 0, let role = roles[constraint.iColumn],
                TablePlan.comparesBytes(info, index)
            else { continue }
            let canBeList = sqlite3_vtab_in(info, Int32(index), -1) != 0
            let isList = canBeList && role != .time
            guard let condition = role.condition(Int32(constraint.op), isList: isList) else { continue }
            if isList { sqlite3_vtab_in(info, Int32(index), 1) }
            conditions.append(condition)
            info.pointee.aConstraintUsage[index].argvIndex = Int32(conditions.count)
            info.pointee.aConstraintUsage[index].omit = 1
        }
        order = TablePlan.order(info, roles: roles, isOneSeries: conditions.contains(.seriesIs))
        if isOrderedWithinTier, !conditions.contains(.tierIs) { order = .any }
        info.pointee.orderByConsumed = order == .any ? 0 : 1
        info.pointee.idxNum = number
        let rows = max(rowCount * share, 1)
        info.pointee.estimatedRows = Int64(rows)
        // Beside the rows, some steps to find them.
        info.pointee.estimatedCost = rows * (order == .any ? 1 : 1.3) + 50
        if conditions.contains(.timeIs), conditions.contains(.seriesIs), !conditions.contains(.tierIn) {
            info.pointee.idxFlags = SQLITE_INDEX_SCAN_UNIQUE
        }
        setText(info)
    }

    private func setText(_ info: UnsafeMutablePointer<sqlite3_index_info>) {
        info.pointee.idxStr = VirtualTable.copy(text)
        info.pointee.needToFreeIdxStr = 1
    }

    /// Texts are compared byte by byte, and so are those that ask for another comparison left to SQLite.
    private static func comparesBytes(_ info: UnsafeMutablePointer<sqlite3_index_info>, _ index: Int) -> Bool {
        guard let collation = sqlite3_vtab_collation(info, Int32(index)) else { return false }
        return String(cString: collation).uppercased() == "BINARY"
    }

    /// The order that rows are asked in, where it is one that they can be had in.
    private static func order(
        _ info: UnsafeMutablePointer<sqlite3_index_info>, roles: [Int32: Role], isOneSeries: Bool
    ) -> ReadingsRequest.Order {
        var terms: [(role: Role, isDescending: Bool)] = []
        for index in 0..<Int(info.pointee.nOrderBy) {
            let term = info.pointee.aOrderBy[index]
            guard let role = roles[term.iColumn] else { return .any }
            // All rows have the same.
            if isOneSeries, role != .time { continue }
            terms.append((role, term.desc != 0))
        }
        guard let first = terms.first, first.role == .time else { return .any }
        for term in terms.dropFirst() where term.role != .series || term.isDescending != first.isDescending {
            return .any
        }
        return first.isDescending ? .descending : .ascending
    }
}
