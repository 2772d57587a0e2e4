import Storage
import Telemetry

/// The latest reading of a series, and how it stands.
struct LatestReading {
    let series: StoreReader.SeriesRow
    /// Nil where retention took all.
    let reading: StoreReader.ReadingRow?
    let now: Timestamp

    var ageMilliseconds: Int64? { reading.map { now - $0.time } }

    /// Silent for more than three times its interval; nil when no interval tells.
    var isLate: Bool? {
        guard let interval = series.intervalMilliseconds, let ageMilliseconds else { return nil }
        return ageMilliseconds > 3 * interval
    }

    /// `good, 4 s ago`
    var verdict: String {
        guard let reading else { return "nothing stored any more" }
        let found = QualityTest.allCases.filter { reading.tests[$0] == reading.flag }.map(\.name)
        let by = reading.flag.isUsable || found.isEmpty ? "" : " (\(found.joined(separator: ", ")))"
        let late = isLate ?? false ? ", late" : ""
        return "\(reading.flag.word)\(by), \(Age.text(seconds: Double(now - reading.time) / 1000)) ago\(late)"
    }

    var emphasis: Emphasis? {
        if reading?.flag == .fail { return .bad }
        return reading?.flag == .suspect || isLate ?? false ? .warning : nil
    }

    var json: JSONLine? {
        guard let reading else { return nil }
        var line = JSONLine()
        line.add("time", reading.time)
        line.add("value", reading.value)
        line.add("flag", Int(reading.flag.rawValue))
        line.add("age_seconds", Double(now - reading.time) / 1000)
        line.add("is_late", isLate)
        return line
    }
}

extension QualityFlag {
    var word: String {
        switch self {
        case .good: "good"
        case .unknown: "not tested"
        case .suspect: "suspect"
        case .fail: "fail"
        case .missing: "missing"
        }
    }
}
