import Telemetry

/// The table that holds a tier's windows. Source of its layout: ``AggregateSchema``.
///
/// A row's number is made of its window's start and its series: see ``AggregateKeys``.
struct AggregateTable {
    let tier: Tier
    let keys: AggregateKeys

    static let common = [
        "count", "suspect", "fail", "expected", "revision", "digits", "mean", "squared_deviations", "minimum",
        "minimum_time", "maximum", "maximum_time", "first", "first_time", "last", "last_time", "distribution",
        "increase", "increase_since", "sum",
    ]
    /// What few minutes have. They lie in a table of their own, so that the others need not say that they have none.
    static let rare = ["resets", "wraps", "sine", "cosine", "p50", "p85", "p95", "required_coverage"]
    /// A day begins and ends where the calendar says.
    static let daily = ["start", "\"end\""]

    init(_ tier: Tier) {
        self.tier = tier
        keys = AggregateKeys(tier)
    }

    /// - Returns: nil for another table, and for that of what is rare.
    init?(named name: String) {
        guard let tier = Tier.allCases.first(where: { AggregateTable($0).name == name }) else { return nil }
        self.init(tier)
    }

    var name: String {
        switch tier {
        case .minute: "minutes"
        case .quarter: "quarters"
        case .hour: "hours"
        case .day: "days"
        }
    }

    /// Of what is rare, where that has a table of its own.
    var rareName: String? { tier == .minute ? "minutes_more" : nil }

    /// As many minutes lie between the windows' beginnings; nil for days.
    var minutes: Int64? { tier == .day ? nil : Int64(tier.rawValue) / 60 }

    /// The numbers between which lie those of all windows that begin within a range, and others: see ``condition``. A day may
    /// begin within a minute, so that those of the minute in which the range begins are among them.
    func ids(of starts: Range<Timestamp>) -> Range<Int64> {
        let steps = keys.steps(in: starts)
        let first = tier == .day ? keys.step(of: starts.lowerBound) : steps.lowerBound
        return keys.ids(of: min(first, steps.upperBound)..<steps.upperBound)
    }

    /// Whether numbers alone do not tell the windows that begin within a range.
    private var needsStarts: Bool { tier >= .hour }

    // MARK: - SQL

    /// What a row is read from: to be followed by `WHERE` and the like.
    var source: String { rareName.map { "\(name) LEFT JOIN \($0) USING(id)" } ?? name }

    /// A row's series, and when its window begins and ends.
    var key: String {
        let (id, series) = ("\(name).id", keys.seriesSQL("\(name).id"))
        guard let minutes else { return ([series] + AggregateTable.daily).joined(separator: ", ") }
        return "\(series), \(keys.startSQL(id)), \(keys.startSQL(id)) + \(minutes * 60_000)"
    }

    /// What to select from ``source``, for ``AggregateRow/read(_:tier:)``.
    var columns: String { ([key] + AggregateTable.common + AggregateTable.rare).joined(separator: ", ") }

    /// That windows begin within the range that is bound to the first parameters.
    var condition: String {
        let numbers = "\(name).id >= ?1 AND \(name).id < ?2"
        guard needsStarts else { return numbers }
        let start = tier == .day ? "start" : keys.startSQL("\(name).id")
        return "\(numbers) AND \(start) >= ?3 AND \(start) < ?4"
    }

    /// Binds the range of ``condition``.
    func bind(_ starts: Range<Timestamp>, to select: Statement) {
        let ids = ids(of: starts)
        select.bind(1, ids.lowerBound)
        select.bind(2, ids.upperBound)
        guard needsStarts else { return }
        select.bind(3, starts.lowerBound)
        select.bind(4, starts.upperBound)
    }

    /// What ``columns`` are in the table `aggregates` of a file that the daemon has not brought up to date.
    static func oldColumns(schemaVersion: Int64) -> String {
        let later: Set = [
            "minimum_time", "maximum_time", "p50", "p85", "p95", "distribution", "sum", "sine", "cosine", "wraps",
            "required_coverage", "increase_since",
        ]
        let columns = (common + rare).map { name in
            switch name {
            case "digits": "0"
            case "first_time", "last_time": "\(name) - start"
            default: schemaVersion < 3 && later.contains(name) ? "NULL" : name
            }
        }
        return (["series", "start", "end"] + columns).joined(separator: ", ")
    }
}
