import FoundationEssentials

// What `poort show`, `plot` and `figures` print as JSON, read back with another JSON reader than the gateway's own.

struct DrawnSeries: Decodable {
    struct Reading: Decodable {
        var value: Double
        var flag: Int
    }
    struct Window: Decodable {
        var tier: String
        var increase: Double?
    }
    struct Whole: Decodable {
        var count: Int
        var fail: Int
        var expected: Int?
        var p85: Double?
        var increase: Double?
        var findings: [String: Int]
    }
    struct Gap: Decodable {
        var from: String
        var to: String
    }
    var quantity: String
    var unit: String
    var tier: String
    var readings: [Reading]?
    var windows: [Window]?
    var whole: Whole
    var gaps: [Gap]
}

struct DrawnPage: Decodable {
    var device: String
    var site: String
    var timezone: String
    var quantities: [DrawnSeries]
    var figures: DrawnFigures
}

struct DrawnFigures: Decodable {
    struct Index: Decodable {
        var index: Int
        var decisive: String
        var missing: [String]
    }
    struct Hour: Decodable {
        var eaqi: Index?
        var lki: Index?
    }
    struct Day: Decodable {
        var means: Int
        var valid: Bool
    }
    struct Eight: Decodable {
        var quantity: String
        var days: [Day]
    }
    struct Air: Decodable {
        var hours: [Hour]
        var eightHourMeans: [Eight]
    }
    struct Period: Decodable {
        var passed: Double?
        var shares: [String: Double]
    }
    struct Traffic: Decodable {
        var countedHours: Int
        var whole: Period
    }
    struct Container: Decodable {
        var threshold: Double
        var forecast: String
        var reaches: String?
        var reason: String?
        var ratePerHour: Double
        var emptyings: [[String: JSONAny]]
    }
    var site: String
    var devices: [String]
    var air: Air?
    var traffic: [Traffic]
    var containers: [Container]
}

/// Whatever stands there.
struct JSONAny: Decodable {
    init(from decoder: any Decoder) throws {}
}

extension Decodable {
    /// Reads one line of output.
    static func reading(_ line: String) throws -> Self {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Self.self, from: Data(line.utf8))
    }
}
