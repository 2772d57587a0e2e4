import Telemetry

/// The table that holds a tier's windows. Source of its layout: ``AggregateSchema``.
///
/// A row's number is made of the minute in which its window begins and its series, so that new windows lie behind the
/// others, those of one start beside each other, and each is found by its key.
struct AggregateTable {
    let tier: Tier

    static let seriesBits: Int64 = 20
    /// Numbers of series that a row's number has room for.
    static let series: Range<SeriesID> = 0..<(1 << 20)
    static let minuteMilliseconds: Int64 = 60_000

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

    // MARK: - Numbers of rows

    static func id(minute: Int64, series: SeriesID) -> Int64 { minute << seriesBits | Int64(series) }

    static func id(_ start: Timestamp, _ series: SeriesID) -> Int64 { id(minute: minute(of: start), series: series) }

    static func minute(of time: Timestamp) -> Int64 {
        // Of times that no calendar knows the rest is cut off: the numbers have no room for them.
        min(max(time.milliseconds, -(1 << 56)), 1 << 56).flooredQuotient(minuteMilliseconds)
    }

    static func minute(of id: Int64) -> Int64 { id >> seriesBits }
    static func series(of id: Int64) -> SeriesID { SeriesID(truncatingIfNeeded: id & Int64(series.upperBound - 1)) }

    /// The minutes that begin within a range.
    static func minutes(in range: Range<Timestamp>) -> Range<Int64> {
        let (first, end) = (minute(of: range.lowerBound - 1) + 1, minute(of: range.upperBound - 1) + 1)
        return first..<max(first, end)
    }

    /// The numbers of all windows that begin within a range. A day may begin within a minute, so that those of the minute in
    /// which the range begins are among them: see ``condition``.
    func ids(of starts: Range<Timestamp>) -> Range<Int64> {
        let minutes = AggregateTable.minutes(in: starts)
        let first = tier == .day ? AggregateTable.minute(of: starts.lowerBound) : minutes.lowerBound
        return first << AggregateTable.seriesBits..<minutes.upperBound << AggregateTable.seriesBits
    }

    // MARK: - SQL

    /// What a row is read from: to be followed by `WHERE` and the like.
    var source: String { rareName.map { "\(name) LEFT JOIN \($0) USING(id)" } ?? name }

    /// A row's series, and when its window begins and ends.
    var key: String {
        let series = "\(name).id & \(AggregateTable.series.upperBound - 1)"
        guard let minutes else { return ([series] + AggregateTable.daily).joined(separator: ", ") }
        let start = "(\(name).id >> \(AggregateTable.seriesBits)) * \(AggregateTable.minuteMilliseconds)"
        return "\(series), \(start), \(start) + \(minutes * AggregateTable.minuteMilliseconds)"
    }

    /// What to select from ``source``, for ``AggregateRow/read(_:tier:)``.
    var columns: String { ([key] + AggregateTable.common + AggregateTable.rare).joined(separator: ", ") }

    /// That windows begin within the range that is bound to the first parameters.
    var condition: String {
        "\(name).id >= ?1 AND \(name).id < ?2" + (tier == .day ? " AND start >= ?3 AND start < ?4" : "")
    }

    /// Binds the range of ``condition``.
    func bind(_ starts: Range<Timestamp>, to select: Statement) {
        let ids = ids(of: starts)
        select.bind(1, ids.lowerBound)
        select.bind(2, ids.upperBound)
        guard tier == .day else { return }
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
