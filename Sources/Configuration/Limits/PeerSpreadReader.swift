import Telemetry

/// Of a large neighbourhood sixteen are looked at. Reads `peer_spread = { suspect = 5, fail = 10, relative = 0.5, peers = 3, age = "15m" }`.
enum PeerSpreadReader {
    static func read(_ table: inout TableReader) -> PeerSpreadLimits? {
        var limits = PeerSpreadLimits(suspect: table.limit("suspect"), fail: table.limit("fail"))
        if limits.fail != 0 { table.checkOrder(suspect: limits.suspect, fail: limits.fail) }
        if let relative = table.limit("relative") { limits.relative = relative }
        if let peers = table.integer("peers", in: 1...16) { limits.minimumPeers = peers }
        if let age = table.duration("age", in: 1000...86_400_000) { limits.ageMilliseconds = age }
        return table.hasLevel() ? limits : nil
    }
}
