import CSQLite

/// What of a statement's conditions a table sees to by itself, agreed upon with SQLite when the statement is prepared.
///
/// SQLite keeps the number and hands it back with the values: the order of the rows, what is needed of them, and for each
/// value what it is compared with. Source: https://www.sqlite.org/vtab.html#the_xbestindex_method
struct TablePlan {
    var order = ReadingsRequest.Order.any
    /// Columns that are used, of those that cost something to make.
    var needs: Int32 = 0
    var conditions: [Condition] = []

    /// What a value is compared with.
    enum Condition: Int32 {
        case timeIs = 1
        case timeAfter, timeFrom, timeBefore, timeUntil
        case seriesIs, deviceIs, quantityIs, unitIs, tierIs
        case seriesIn, deviceIn, quantityIn, unitIn, tierIn

        var text: String {
            switch self {
            case .timeIs: "time="
            case .timeAfter: "time>"
            case .timeFrom: "time>="
            case .timeBefore: "time<"
            case .timeUntil: "time<="
            case .seriesIs: "series="
            case .deviceIs: "device="
            case .quantityIs: "quantity="
            case .unitIs: "unit="
            case .tierIs: "tier="
            case .seriesIn: "series IN"
            case .deviceIn: "device IN"
            case .quantityIn: "quantity IN"
            case .unitIn: "unit IN"
            case .tierIn: "tier IN"
            }
        }

        var isList: Bool { rawValue >= Condition.seriesIn.rawValue }
    }

    /// The part that a column has in the conditions.
    enum Role {
        case time, series, device, quantity, unit, tier

        /// - Parameter operation: `SQLITE_INDEX_CONSTRAINT_…`.
        func condition(_ operation: Int32, isList: Bool) -> Condition? {
            if self == .time {
                switch operation {
                case SQLITE_INDEX_CONSTRAINT_EQ: return isList ? nil : .timeIs
                case SQLITE_INDEX_CONSTRAINT_GT: return .timeAfter
                case SQLITE_INDEX_CONSTRAINT_GE: return .timeFrom
                case SQLITE_INDEX_CONSTRAINT_LT: return .timeBefore
                case SQLITE_INDEX_CONSTRAINT_LE: return .timeUntil
                default: return nil
                }
            }
            guard operation == SQLITE_INDEX_CONSTRAINT_EQ else { return nil }
            switch self {
            case .time: return nil
            case .series: return isList ? .seriesIn : .seriesIs
            case .device: return isList ? .deviceIn : .deviceIs
            case .quantity: return isList ? .quantityIn : .quantityIs
            case .unit: return isList ? .unitIn : .unitIs
            case .tier: return isList ? .tierIn : .tierIs
            }
        }
    }

    /// As many as fit into the number; further ones SQLite checks itself.
    static let mostConditions = 6
    private static let conditionBits: Int32 = 4
    private static let conditionsShift: Int32 = 6

    /// Bits 0 and 1 are the order, 2 to 5 the needs, then four for each condition.
    var number: Int32 {
        conditions.enumerated().reduce(order.rawValue | needs << 2) { number, condition in
            number | condition.element.rawValue
                << (TablePlan.conditionsShift + Int32(condition.offset) * TablePlan.conditionBits)
        }
    }

    init() {}

    init(number: Int32) {
        order = ReadingsRequest.Order(rawValue: number & 3) ?? .any
        needs = number >> 2 & 0xF
        var rest = UInt32(bitPattern: number) >> UInt32(TablePlan.conditionsShift)
        while let condition = Condition(rawValue: Int32(rest & 0xF)) {
            conditions.append(condition)
            rest >>= UInt32(TablePlan.conditionBits)
        }
    }

    /// As `EXPLAIN QUERY PLAN` shows it.
    var text: String {
        let order =
            switch self.order {
            case .any: ""
            case .ascending: " by time"
            case .descending: " by time, latest first"
            }
        return conditions.map(\.text).joined(separator: " ") + order
    }

    /// How many of a table's rows it leaves, as a share.
    var share: Double {
        var share = 1.0
        for condition in conditions {
            switch condition {
            case .timeIs: share /= 1e6
            case .timeAfter, .timeFrom, .timeBefore, .timeUntil: share /= 10
            case .seriesIs: share /= 500
            case .deviceIs, .seriesIn: share /= 100
            case .deviceIn: share /= 20
            case .quantityIs: share /= 10
            case .tierIs: share /= 4
            case .quantityIn, .unitIs, .unitIn, .tierIn: share /= 2
            }
        }
        return share
    }
}
