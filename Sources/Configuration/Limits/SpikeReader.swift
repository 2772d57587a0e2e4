import Telemetry

/// Reads `spike = { method = "average", suspect = 25, fail = 50 }`.
enum SpikeReader {
    static func read(_ table: inout TableReader) -> SpikeLimits? {
        let methods = SpikeLimits.Method.allCases.map(\.rawValue)
        let method = table.choice("method", among: methods).flatMap(SpikeLimits.Method.init)
        let limits = SpikeLimits(
            method: method ?? .average, suspect: table.limit("suspect"), fail: table.limit("fail"))
        if limits.fail != 0 { table.checkOrder(suspect: limits.suspect, fail: limits.fail) }
        return table.hasLevel() ? limits : nil
    }
}

/// Reads `rate_of_change = { suspect = 0.5, fail = 2 }`, per second.
enum RateOfChangeReader {
    static func read(_ table: inout TableReader) -> RateOfChangeLimits? {
        let limits = RateOfChangeLimits(suspect: table.limit("suspect"), fail: table.limit("fail"))
        table.checkOrder(suspect: limits.suspect, fail: limits.fail)
        return table.hasLevel() ? limits : nil
    }
}
