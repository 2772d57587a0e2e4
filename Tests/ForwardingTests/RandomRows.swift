import Forwarding
import Telemetry
import TestKit

extension SharedRows {
    /// Names with all that is special in a line, and more.
    static func series(randomly random: inout SeededGenerator, number: Int) -> SharedSeries {
        func name(_ shortest: Int, _ random: inout SeededGenerator) -> String {
            let alphabet = Array("ab ,=\\\"#µ\n\u{1}\u{7F}é🚲'")
            return String(
                (0..<Int.random(in: shortest...8, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? "a"
                })
        }
        return SharedSeries(
            id: SeriesID(number), gateway: name(0, &random), device: name(1, &random), deviceType: name(0, &random),
            quantity: name(1, &random), unit: name(0, &random), kind: .gauge, neighbourhood: name(0, &random),
            site: name(0, &random))
    }

    static func aggregate(randomly random: inout SeededGenerator) -> Aggregate {
        func figure(_ random: inout SeededGenerator) -> Double {
            switch Int.random(in: 0...5, using: &random) {
            case 0: Double(Int.random(in: -100...100, using: &random))
            case 1: Double(Int.random(in: -100_000...100_000, using: &random)) / 100
            case 2:
                [
                    0, -0.0, Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude, 9_007_199_254_740_992, 1e16,
                    1e-5,
                ].randomElement(using: &random) ?? 0
            case 3: Double(Int64.random(in: Int64.min...Int64.max, using: &random))
            default:
                {
                    let any = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
                    return any.isFinite ? any : 0.1
                }()
            }
        }
        func time(_ random: inout SeededGenerator) -> Timestamp {
            Timestamp(milliseconds: Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random))
        }
        let start = time(&random)
        var aggregate = Aggregate(
            window: Window(
                tier: Tier.allCases.randomElement(using: &random) ?? .minute, start: start, end: start + 60_000),
            count: Int.random(in: 0...1_000_000, using: &random), suspectCount: Int.random(in: 0...20, using: &random),
            failCount: Int(Int32.random(in: 0...Int32.max, using: &random)),
            expected: Bool.random(using: &random) ? 90 : nil)
        if Bool.random(using: &random) {
            aggregate.statistics = Aggregate.Statistics(
                mean: figure(&random), squaredDeviations: figure(&random).magnitude, minimum: figure(&random),
                minimumTime: time(&random), maximum: figure(&random), maximumTime: nil, first: figure(&random),
                firstTime: start, last: figure(&random), lastTime: start)
        }
        if Bool.random(using: &random) {
            aggregate.increase = Aggregate.CounterIncrease(
                total: figure(&random), resets: Int.random(in: 0...9, using: &random), since: time(&random))
            aggregate.sum = figure(&random)
        }
        return aggregate
    }
}

extension PlainLine {
    /// What a row must read back as.
    init(expectedOf row: SharedAggregate) {
        let series = row.series
        measurement = PlainLine.plain(series.quantity)
        if measurement.first == "#" { measurement = "_" + measurement.dropFirst() }
        let all = [
            ("device", series.device), ("gateway", series.gateway), ("neighbourhood", series.neighbourhood),
            ("site", series.site), ("tier", row.window.tier.name), ("type", series.deviceType), ("unit", series.unit),
        ].filter { !$0.1.isEmpty }
        tags = Dictionary(uniqueKeysWithValues: all.map { ($0.0, PlainLine.plain($0.1)) })
        tagOrder = all.map(\.0)
        fields = ["revision": .integer(Int64(row.revision))]
        for field in SharedField.allCases {
            switch row[field] {
            case .number(let number): fields[field.name] = .float(number)
            case .integer(let number): fields[field.name] = .integer(Int64(number))
            case .boolean(let isTrue): fields[field.name] = .boolean(isTrue)
            case .time(let time): fields[field.name] = .integer(time.milliseconds)
            case nil: break
            }
        }
        time = row.window.start.milliseconds
    }

    /// Underscores where a line cannot hold what is there: control characters, and backslashes before what is special.
    private static func plain(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : nil
            let isControl = scalar.value < 0x20 || scalar.value == 0x7F
            let isUnsafe =
                scalar == "\\" && (next.map { ", =\"\\".unicodeScalars.contains($0) || $0.value < 0x20 } ?? true)
            result.append(isControl || isUnsafe ? "_" : scalar)
        }
        return String(result)
    }
}
