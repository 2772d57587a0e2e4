import Processing
import Storage
import Telemetry

extension CoreBench {
    static let seriesCount = 14

    static func rules(of series: Int) -> AggregationRules {
        AggregationRules(of: quantity(of: series), intervalMilliseconds: interval(of: series))
    }

    /// Most have one that the configuration names, one goes by the median.
    static func interval(of series: Int) -> Int64? { series == 7 ? nil : 1000 }

    /// Of every kind one, and more of those that have more to them; the last ones have neighbours.
    static func quantity(of series: Int) -> Quantity {
        switch series {
        case 0:
            Quantity(
                name: "level", unit: "1", kind: .gauge, grossRange: .init(fail: -20...1000, suspect: 0...900))
        case 1: QuantityCatalogue()["vehicle_count"]!
        case 3: wrappingCounter
        case 4: Quantity(name: "passers", unit: "1", kind: .intervalCount, grossRange: .init(fail: 0...8))
        case 5: Quantity(name: "wind", unit: "deg", kind: .circular, grossRange: .init(suspect: 0...360))
        case 6: Quantity(name: "knock", unit: "1", kind: .event)
        case 7: dust
        case 8: Quantity(name: "humidity", unit: "%", kind: .gauge, grossRange: .init(fail: 0...1000))
        case 9...12: street
        case 13: lively
        default: Quantity(name: "free", unit: "1", kind: .gauge)
        }
    }

    static func series(_ index: Int, as number: SeriesNumber, _ quantity: Quantity) -> Series {
        var made = Series(
            number: number, device: "d-\(index)", quantity: quantity,
            intervalMilliseconds: interval(of: index), site: (7...8).contains(index) ? "pole" : "",
            neighbourhood: (9...12).contains(index) ? "Assendorp" : "")
        // Counters and others whose readings come in batches.
        if [1, 2, 12].contains(index) { made.latenessMilliseconds = 400_000 }
        return made
    }

    private static var lively: Quantity {
        Quantity(
            name: "lively", unit: "1", kind: .gauge, grossRange: .init(fail: -20...1000),
            limits: QualityLimits(
                spike: SpikeLimits(suspect: 500, fail: 700), rateOfChange: RateOfChangeLimits(suspect: 200, fail: 900),
                attenuatedSignal: AttenuatedSignalLimits(
                    measure: .range, windowMilliseconds: 90_000, minimumReadings: 3, suspect: 400, fail: 100),
                timeGap: TimeGapLimits(fail: 600_000)))
    }

    private static var wrappingCounter: Quantity {
        var quantity = Quantity(name: "pulses", unit: "1", kind: .counter)
        quantity.counterWidth = CounterWidth(bits: 8, maximumPerSecond: 2)
        quantity.requiredCoverage = 0.1
        return quantity
    }

    private static var dust: Quantity {
        Quantity(
            name: "dust", unit: "ug/m3", kind: .gauge,
            limits: QualityLimits(
                spike: SpikeLimits(method: .differential, suspect: 300, fail: 600),
                flatLine: FlatLineLimits(suspectMilliseconds: 60_000, failMilliseconds: 300_000, tolerance: 600),
                coLocated: CoLocatedLimits(above: 500, ageMilliseconds: 300_000)))
    }

    private static var street: Quantity {
        Quantity(
            name: "street", unit: "Cel", kind: .gauge, grossRange: .init(fail: 0...1100),
            limits: QualityLimits(
                peerSpread: PeerSpreadLimits(suspect: 200, fail: 500, minimumPeers: 2, ageMilliseconds: 600_000)))
    }
}
