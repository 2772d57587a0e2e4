import CSQLite
import Telemetry

/// The values that a statement compares with, read by the rules by which SQLite would compare a column with them.
/// Source: https://www.sqlite.org/datatype3.html#comparison_expressions
struct TableArguments {
    let plan: TablePlan
    private let values: UnsafeMutablePointer<OpaquePointer?>?
    private let count: Int

    /// Why a comparison makes no sense.
    struct Mistake: Error {
        var message: String
    }

    init(plan: TablePlan, _ values: UnsafeMutablePointer<OpaquePointer?>?, count: Int32) {
        self.plan = plan
        self.values = values
        self.count = Int(count)
    }

    /// - Parameter column: what the column of times is called.
    func request(names: SeriesNames, timeColumn: String) throws -> ReadingsRequest {
        var request = ReadingsRequest()
        request.order = plan.order
        for (index, condition) in plan.conditions.enumerated() where index < count {
            guard let value = values?[index] else { continue }
            switch condition {
            case .timeIs, .timeAfter, .timeFrom, .timeBefore, .timeUntil:
                try restrictTimes(&request, condition, value, column: timeColumn)
            case .seriesIs, .seriesIn: request.restrict(to: integers(value, isList: condition.isList))
            case .deviceIs, .deviceIn: request.restrict(to: series(names, .device, value, isList: condition.isList))
            case .quantityIs, .quantityIn:
                request.restrict(to: series(names, .quantity, value, isList: condition.isList))
            case .unitIs, .unitIn: request.restrict(to: series(names, .unit, value, isList: condition.isList))
            case .tierIs, .tierIn: break
            }
        }
        return request
    }

    /// The texts that tiers are compared with; nil where they are not.
    var tiers: Set<[UInt8]>? {
        var wanted: Set<[UInt8]>?
        for (index, condition) in plan.conditions.enumerated() where index < count {
            guard condition == .tierIs || condition == .tierIn, let value = values?[index] else { continue }
            let texts = self.texts(value, isList: condition.isList)
            wanted = wanted?.intersection(texts) ?? texts
        }
        return wanted
    }

    private func series(
        _ names: SeriesNames, _ part: SeriesNames.Part, _ value: OpaquePointer, isList: Bool
    ) -> [SeriesID] {
        names.series(where: part, isOneOf: texts(value, isList: isList))
    }

    // MARK: - Times

    private func restrictTimes(
        _ request: inout ReadingsRequest, _ condition: TablePlan.Condition, _ value: OpaquePointer, column: String
    ) throws {
        switch sqlite3_value_numeric_type(value) {
        case SQLITE_INTEGER: restrict(&request, condition, to: sqlite3_value_int64(value))
        case SQLITE_FLOAT: restrict(&request, condition, to: sqlite3_value_double(value))
        case SQLITE_NULL: request.firstTime = .max; request.lastTime = .min
        default:
            throw Mistake(
                message: "\(column) is in milliseconds since 1970, and here it is compared with a text: "
                    + "write \(column) >= ms('2026-11-23T10:00:00Z')")
        }
    }

    private func restrict(_ request: inout ReadingsRequest, _ condition: TablePlan.Condition, to time: Int64) {
        switch condition {
        case .timeIs:
            request.firstTime = max(request.firstTime, time)
            request.lastTime = min(request.lastTime, time)
        case .timeAfter:
            if time == .max { request.lastTime = .min } else { request.firstTime = max(request.firstTime, time + 1) }
        case .timeFrom: request.firstTime = max(request.firstTime, time)
        case .timeBefore:
            if time == .min { request.firstTime = .max } else { request.lastTime = min(request.lastTime, time - 1) }
        default: request.lastTime = min(request.lastTime, time)
        }
    }

    private func restrict(_ request: inout ReadingsRequest, _ condition: TablePlan.Condition, to number: Double) {
        let below = number.rounded(.down)
        guard below < 0x1p63 else {
            // Later than any.
            if condition != .timeBefore && condition != .timeUntil { request.firstTime = .max; request.lastTime = .min }
            return
        }
        guard below >= -0x1p63 else {
            if condition != .timeAfter && condition != .timeFrom { request.firstTime = .max; request.lastTime = .min }
            return
        }
        let time = Int64(below)
        guard number != below else { return restrict(&request, condition, to: time) }
        switch condition {
        case .timeIs: request.firstTime = .max; request.lastTime = .min
        case .timeAfter, .timeFrom: restrict(&request, .timeAfter, to: time)
        default: restrict(&request, .timeUntil, to: time)
        }
    }

    // MARK: - Lists

    private func integers(_ value: OpaquePointer, isList: Bool) -> [SeriesID] {
        var found: [SeriesID] = []
        visit(value, isList: isList) { value in
            switch sqlite3_value_numeric_type(value) {
            case SQLITE_INTEGER:
                if let id = SeriesID(exactly: sqlite3_value_int64(value)) { found.append(id) }
            case SQLITE_FLOAT:
                if let id = SeriesID(exactly: sqlite3_value_double(value)) { found.append(id) }
            default: break
            }
        }
        return found
    }

    private func texts(_ value: OpaquePointer, isList: Bool) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        visit(value, isList: isList) { value in
            let type = sqlite3_value_type(value)
            // A BLOB is never equal to a text, and nothing to NULL.
            guard type != SQLITE_NULL, type != SQLITE_BLOB, let text = sqlite3_value_text(value) else { return }
            found.insert([UInt8](UnsafeBufferPointer(start: text, count: Int(sqlite3_value_bytes(value)))))
        }
        return found
    }

    private func visit(_ value: OpaquePointer, isList: Bool, _ take: (OpaquePointer) -> Void) {
        guard isList else { return take(value) }
        var one: OpaquePointer?
        var code = sqlite3_vtab_in_first(value, &one)
        while code == SQLITE_OK, let found = one {
            take(found)
            code = sqlite3_vtab_in_next(value, &one)
        }
    }
}
