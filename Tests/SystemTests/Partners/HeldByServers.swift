import FoundationEssentials
import Telemetry
import TestKit

/// What servers hold, asked of them in their own ways.
enum HeldByServers {
    // MARK: - JSON: messages and lines

    private struct Row: Decodable {
        var device: String
        var quantity: String
        var tier: String
        var start: String
        var revision: Int
        var count: Double?
        var mean: Double?
        var min: Double?
        var max: Double?
        var increase: Double?
    }

    /// Of each window the highest revision, and how many rows there are that others repeat.
    static func rows(_ lines: [[UInt8]]) throws -> (windows: HeldWindows, repeats: Int, wentBack: Int) {
        var windows: HeldWindows = [:]
        var seen: Set<String> = []
        var repeats = 0
        var wentBack = 0
        for line in lines {
            let row = try JSONDecoder().decode(Row.self, from: Data(line))
            let start = try time(row.start)
            let key = PartnerFigures.key(row.device, row.quantity, row.tier, start)
            if !seen.insert("\(key)|\(row.revision)").inserted { repeats += 1 }
            var window = HeldWindow(revision: row.revision, figures: [:])
            for (name, value) in [
                ("count", row.count), ("mean", row.mean), ("min", row.min), ("max", row.max),
                ("increase", row.increase),
            ] { window.figures[name] = value }
            if let held = windows[key], held.revision > row.revision {
                wentBack += 1
            } else {
                windows[key] = window
            }
        }
        return (windows, repeats, wentBack)
    }

    struct NoTime: Error {}

    private static func time(_ text: String) throws -> Int64 {
        guard let time = Timestamp(rfc3339: text) else { throw NoTime() }
        return time.milliseconds
    }

    // MARK: - Servers

    static func windows(of server: InfluxDB, database: String) throws -> HeldWindows {
        var windows: HeldWindows = [:]
        for row in try server.query("SELECT * FROM \"\(database)\"..//") {
            guard let name = row["name"], let device = row["device"], let tier = row["tier"],
                let start = row["time"].flatMap({ Int64($0) }), let revision = row["revision"].flatMap({ Int($0) })
            else { continue }
            var figures: [String: Double] = [:]
            for field in PartnerFigures.fields { figures[field] = row[field].flatMap { Double($0) } }
            windows[PartnerFigures.key(device, name, tier, start)] = HeldWindow(revision: revision, figures: figures)
        }
        return windows
    }

    static func windows(of server: PostgreSQL, table: String) throws -> HeldWindows {
        var windows: HeldWindows = [:]
        let columns = PartnerFigures.fields.map { "\"\($0)\"" }.joined(separator: ", ")
        let rows = try server.rows(
            """
            SELECT device, quantity, tier, (extract(epoch FROM "start") * 1000)::bigint, revision, \(columns)
            FROM \(table)
            """)
        for row in rows {
            guard let device = row[0], let quantity = row[1], let tier = row[2],
                let start = row[3].flatMap({ Int64($0) }),
                let revision = row[4].flatMap({ Int($0) })
            else { continue }
            var figures: [String: Double] = [:]
            for (place, field) in PartnerFigures.fields.enumerated() {
                figures[field] = row[5 + place].flatMap { Double($0) }
            }
            windows[PartnerFigures.key(device, quantity, tier, start)] = HeldWindow(
                revision: revision, figures: figures)
        }
        return windows
    }

    /// Corrections lie behind what they correct, within a second: the last of each figure counts.
    static func windows(of server: VictoriaMetrics) throws -> HeldWindows {
        var last: [String: [String: (time: Int64, value: Double)]] = [:]
        for sample in try server.export() {
            guard let cut = sample.name.lastIndex(of: "_"), let device = sample.labels["device"],
                let tier = sample.labels["tier"]
            else { continue }
            let field = String(sample.name[sample.name.index(after: cut)...])
            let start = sample.milliseconds / 60_000 * 60_000
            let key = PartnerFigures.key(device, String(sample.name[..<cut]), tier, start)
            if let held = last[key]?[field], held.time > sample.milliseconds { continue }
            last[key, default: [:]][field] = (sample.milliseconds, sample.value)
        }
        return last.compactMapValues { fields in
            guard let revision = fields["revision"] else { return nil }
            // A figure that the newest revision does not have any more.
            let figures = fields.filter { $0.key != "revision" && $0.value.time == revision.time }
            return HeldWindow(revision: Int(revision.value), figures: figures.mapValues(\.value))
        }
    }
}
