import MQTT
import Storage
import Telemetry
import TestKit
import Testing

/// What a technician sees of thirty hours of a street, with the daemon at work on the same file.
@Suite("poort show, plot and figures", .serialized)
struct FigureCommandTests {
    private let broker: PrivateBroker
    private let gateway: GatewayProcess

    private static let devices = """
        [quantity.fill_level]
        spike = "off"
        [[device]]
        id = "aq-0001"
        aliases = ["70B3D57ED0000001"]
        type = "air_quality"
        site = "Square"
        interval = "5m"
        [[device]]
        id = "gas-0001"
        site = "Square"
        interval = "5m"
        [[device]]
        id = "tr-0001"
        interval = "15m"
        [[device]]
        id = "bin-0001"
        interval = "30m"
        fill_threshold = 70
        [[device]]
        id = "aq-0009"
        """

    init() throws {
        broker = try PrivateBroker()
        gateway = GatewayProcess(broker: broker.port, extra: FigureCommandTests.devices)
    }

    private static let minute: Int64 = 60_000
    /// One reading of PM2.5 that no sensor can measure, and three hours without any.
    private static let failedMinutes: Int64 = 600
    private static let silence: Range<Int64> = 300..<480

    /// Publishes what came in the last thirty hours, and waits until all windows are computed.
    private func fill() async throws {
        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "street"))
        let now = Timestamp.now().milliseconds / FigureCommandTests.minute * FigureCommandTests.minute
        var count = 0
        func publish(_ device: String, _ quantity: String, minutesAgo: Int64, _ value: Double) throws {
            // Not on the border of the last day, while minutes pass.
            let time = (now - (minutesAgo + 2) * FigureCommandTests.minute) / 1000
            let payload = "{\"value\":\(value),\"ts\":\(time)}"
            try publisher.publish("sensors/test/\(device)/\(quantity)", payload: Array(payload.utf8))
            count += 1
        }
        for ago in stride(from: Int64(1800), to: 0, by: -5) {
            let wave = Double(ago % 35) / 10
            if !FigureCommandTests.silence.contains(ago) {
                let isFailed = ago == FigureCommandTests.failedMinutes
                try publish("aq-0001", "pm2_5", minutesAgo: ago, isFailed ? 2000 : 8 + wave)
            }
            try publish("gas-0001", "o3", minutesAgo: ago, 90 + wave)
            try publish("gas-0001", "no2", minutesAgo: ago, 30 + wave)
            if ago % 15 == 0 {
                try publish("tr-0001", "car_count", minutesAgo: ago, Double(1800 - ago) * 3 / 15)
                try publish("tr-0001", "bicycle_count", minutesAgo: ago, Double(1800 - ago) / 15)
            }
            // Emptied 28 hours ago, then 1.5 % an hour.
            if ago % 30 == 0 {
                let level = ago > 1680 ? 90 + Double(1800 - ago) / 60 : 2 + Double(1680 - ago) / 40
                try publish("bin-0001", "fill_level", minutesAgo: ago, level)
            }
        }
        try publisher.drain()
        publisher.close()
        #expect(await eventually(within: .seconds(30)) { gateway.storedCount == count }, "\(gateway.log)")
        #expect(await eventually(within: .seconds(60)) { isComputed }, "\(gateway.log)")
    }

    private var isComputed: Bool {
        guard let reader = try? gateway.reader(), (try? reader.lateWindowCount()) == 0,
            let last = try? reader.series().map(\.id).max()
        else { return false }
        var hours = 0
        try? reader.aggregates(.hour, in: .distantPast..<(.distantFuture), series: last) { _ in
            hours += 1
            return true
        }
        return hours >= 29
    }

    private func run(
        _ arguments: [String], columns: Int = 80, exitCode: Int32 = 0
    ) throws -> (lines: [String], errors: String) {
        let run = try ChildProcess(
            GatewayProcess.executable, arguments + ["--config", gateway.configurationPath],
            environment: ["COLUMNS": "\(columns)"])
        #expect(run.wait() == .exited(exitCode), "\(arguments): \(run.standardError)")
        let lines = run.standardOutput.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return (lines, run.standardError)
    }

    @Test("draw what is stored, fit the terminal and say what is wrong", .timeLimit(.minutes(3)))
    func commands() async throws {
        try await fill()
        try show()
        try showJSON()
        try plot()
        try plotJSON()
        try figures()
        try figuresJSON()
        try mistakes()
        try terminal()
        #expect(gateway.stop() == .exited(0))
        // The database alone, without a configuration and without the daemon.
        let alone = try ChildProcess(
            GatewayProcess.executable, ["show", "aq-0001", "--database", gateway.databasePath, "--config", "/none"])
        #expect(alone.wait() == .exited(0), "\(alone.standardError)")
        #expect(alone.standardOutput.contains("pm2_5"))
    }

    private func show() throws {
        for columns in [24, 40, 80, 120, 200] {
            let air = try run(["show", "aq-0001"], columns: columns)
            #expect(air.lines.allSatisfy { $0.count <= columns }, "\(columns): \(air.lines)")
        }
        let air = try run(["show", "aq-0001"])
        #expect(air.errors.isEmpty)
        let text = air.lines.joined(separator: "\n")
        #expect(!text.contains("\u{1B}"))
        #expect(air.lines[0] == "aq-0001  air_quality, site Square")
        #expect(text.contains("EAQI 3 moderate by no2") && text.contains("LKI"), "\(text)")
        #expect(text.contains("o3 over the 8 h to"), "\(text)")
        let heading = try #require(air.lines.first { $0.hasPrefix("pm2_5  ") })
        #expect(heading.contains(" ug/m3  ") && heading.contains("min ago"), "\(heading)")
        for words in ["250 of 288", "86.8 %, valid", "1 fail", "gross_range 1", "min ", "p85", "! fail"] {
            #expect(text.contains(words), "\(words) is not in \(text)")
        }
        #expect(text.contains("beyond the axis: 1 flagged, 2\u{A0}000.0"), "\(text)")
        #expect(text.contains("gaps") && text.contains("3 h 5 min from"), "\(text)")
        #expect(try run(["show", "70b3d57ed0000001"]).lines[0] == air.lines[0])

        let traffic = try run(["show", "tr-0001"]).lines.joined(separator: "\n")
        #expect(traffic.contains("increase") && traffic.contains("█") && traffic.contains("most/1h"), "\(traffic)")
        #expect(traffic.contains("car 75.0\u{A0}%, bicycle 25.0\u{A0}%"), "\(traffic)")
        let bin = try run(["show", "bin-0001"]).lines.joined(separator: " ")
        #expect(bin.contains("emptied ") && bin.contains("fills 36.0 % a day"), "\(bin)")
        #expect(bin.contains("reaches 70 % on"), "\(bin)")
    }

    private func showJSON() throws {
        let lines = try run(["show", "aq-0001", "--json"]).lines
        #expect(lines.count == 2 && lines[1].isEmpty)
        let page = try DrawnPage.reading(lines[0])
        #expect(page.device == "aq-0001" && page.site == "Square" && page.timezone == "Europe/Amsterdam")
        let drawn = try #require(page.quantities.first)
        #expect(drawn.quantity == "pm2_5" && drawn.unit == "ug/m3" && drawn.tier == "raw" && drawn.windows == nil)
        #expect(drawn.readings?.count == 251 && drawn.readings?.count { $0.flag == 4 } == 1)
        #expect(drawn.whole.count == 250 && drawn.whole.fail == 1 && drawn.whole.findings["gross_range"] == 1)
        #expect(drawn.gaps.count == 1)
        #expect(page.figures.devices == ["aq-0001", "gas-0001"])
        let traffic = try DrawnPage.reading(try run(["show", "tr-0001", "--json"]).lines[0])
        #expect(traffic.quantities.map(\.quantity) == ["bicycle_count", "car_count"])
        #expect(traffic.quantities[1].windows?.allSatisfy { $0.tier == "1h" } ?? false)
        // 96 quarters with three cars each; the minute of now decides over one.
        #expect((285...288).contains(traffic.quantities[1].whole.increase ?? 0))
    }

    private func plot() throws {
        for tier in ["raw", "1m", "15m", "1h", "1d"] {
            for (device, quantity) in [("aq-0001", "pm2_5"), ("tr-0001", "car_count")] {
                for columns in [20, 80, 120] {
                    let lines = try run(
                        ["plot", device, quantity, "--tier", tier, "--last", "60h"], columns: columns
                    ).lines
                    #expect(lines.allSatisfy { $0.count <= max(columns, 22) }, "\(tier) \(columns): \(lines)")
                    #expect(lines.contains { $0.contains("└") }, "\(tier): \(lines)")
                }
            }
        }
        let week = try run(["plot", "aq-0001", "pm2_5", "--last", "7d"]).lines.joined(separator: "\n")
        #expect(week.contains(", by 15m") && week.contains("░") && week.contains("! fail"), "\(week)")
        let day = try run(["plot", "aq-0001", "pm2_5"]).lines.joined(separator: "\n")
        #expect(day.contains(", readings") && day.contains("readings 250 of 288"), "\(day)")
        let before = Timestamp.now() - 90 * 86_400_000
        let empty = try run(["plot", "aq-0001", "pm2_5", "--from", "\(before)", "--to", "\(before + 3_600_000)"])
        #expect(empty.lines.contains("no readings"), "\(empty.lines)")
    }

    private func plotJSON() throws {
        let hours = try DrawnSeries.reading(
            try run(["plot", "tr-0001", "car_count", "--tier", "1h", "--last", "2d", "--json"]).lines[0])
        #expect(hours.tier == "1h" && hours.readings == nil)
        let windows = try #require(hours.windows)
        #expect(windows.count >= 29 && windows.dropFirst().dropLast().allSatisfy { $0.increase == 12 })
        #expect(hours.whole.increase == windows.reduce(0) { $0 + ($1.increase ?? 0) })
        let raw = try DrawnSeries.reading(
            try run(["plot", "tr-0001", "car_count", "--tier", "raw", "--last", "1h", "--json"]).lines[0])
        #expect((3...5).contains(raw.readings?.count ?? 0) && raw.whole.increase == Double(raw.whole.count * 3))
    }

    private func figures() throws {
        for columns in [40, 60, 80, 120] {
            for arguments in [["figures"], ["figures", "Square"], ["figures", "tr-0001"], ["figures", "bin-0001"]] {
                let lines = try run(arguments, columns: columns).lines
                #expect(columns < 60 || lines.allSatisfy { $0.count <= columns }, "\(arguments): \(lines)")
            }
        }
        let all = try run(["figures"]).lines
        #expect(all.contains { $0.hasPrefix("Square") && $0.contains("3 moderate") }, "\(all)")
        #expect(all.contains { $0.hasPrefix("tr-0001") && $0.contains("75.0") && $0.contains("25.0") }, "\(all)")
        #expect(
            all.contains { $0.hasPrefix("bin-0001") && $0.contains("36.0") && $0.contains("reaches 70 %") }, "\(all)")
        let site = try run(["figures", "Square"]).lines
        #expect(site[0] == "Square  aq-0001, gas-0001")
        #expect(site.contains { $0.contains("moderate") && $0.contains("no2") }, "\(site)")
        #expect(site.contains { $0.hasPrefix("o3 ") && $0.contains("valid") }, "\(site)")
        // Lower bounds are the hours without PM2.5, and all of the device by itself, which has no ozone.
        #expect(
            site.contains { $0.contains("  3 moderate") } && site.contains { $0.contains("≥ 3 moderate") }, "\(site)")
        #expect(site.joined(separator: " ").contains("≥ at least so bad: an EAQI takes no2, o3 and"), "\(site)")
        let device = try run(["figures", "aq-0001"]).lines
        #expect(!device.joined().contains("gas-0001") && !device.contains { $0.contains("  3 moderate") }, "\(device)")
        #expect(device.contains { $0.contains("≥ ") }, "\(device)")
        let bin = try run(["figures", "bin-0001", "--last", "40h"]).lines.joined(separator: "\n")
        #expect(bin.contains("emptied") && bin.contains("91 → 2.0 %"), "\(bin)")
    }

    private func figuresJSON() throws {
        let lines = try run(["figures", "--json", "--last", "29h", "--threshold", "99"]).lines.filter { !$0.isEmpty }
        let sites = try lines.map(DrawnFigures.reading)
        #expect(sites.map(\.site) == ["Square", "bin-0001", "tr-0001"])
        let air = try #require(sites[0].air)
        #expect(air.hours.count >= 28)
        let full = air.hours.filter { $0.eaqi?.missing == ["pm10", "so2"] }
        // Three hours of silence leave out three or four hours of PM2.5.
        #expect(full.count >= 23 && full.allSatisfy { $0.eaqi?.index == 3 && $0.eaqi?.decisive == "no2" })
        #expect(air.eightHourMeans.map(\.quantity) == ["o3"])
        #expect(air.eightHourMeans[0].days.last?.valid == ((air.eightHourMeans[0].days.last?.means ?? 0) >= 18))
        #expect(sites[2].traffic[0].whole.shares == ["car": 0.75, "bicycle": 0.25])
        #expect(sites[2].traffic[0].countedHours >= 27)
        let container = try #require(sites[1].containers.first)
        #expect(container.threshold == 99 && container.forecast == "reaches" && container.reaches != nil)
        #expect(abs(container.ratePerHour - 1.5) < 0.01 && container.emptyings.count == 1)
        let only = try DrawnFigures.reading(try run(["figures", "aq-0001", "--json"]).lines[0])
        #expect(only.devices == ["aq-0001"] && only.traffic.isEmpty)
    }

    private func mistakes() throws {
        let nearDevice = try run(["show", "aq-001"], exitCode: 1).errors
        #expect(nearDevice.contains("no device aq-001 has sent anything (did you mean aq-0001?)"), "\(nearDevice)")
        let silent = try run(["plot", "aq-0009", "pm10"], exitCode: 1).errors
        #expect(silent.contains("aq-0009 is in the configuration and has not sent anything yet"), "\(silent)")
        let nearQuantity = try run(["plot", "aq-0001", "pm25"], exitCode: 1).errors
        #expect(nearQuantity.contains("measures no pm25 (did you mean pm2_5?); it measures pm2_5"), "\(nearQuantity)")
        let nearSite = try run(["figures", "Sqare"], exitCode: 1).errors
        #expect(
            nearSite.contains("no device or site Sqare") && nearSite.contains("did you mean Square?"), "\(nearSite)")
        for arguments in [
            ["plot", "aq-0001", "pm2_5", "--tier", "2h"], ["plot", "aq-0001"], ["show"],
            ["plot", "aq-0001", "pm2_5", "--last", "1d", "--to", "2026-01-01T00:00:00Z"],
            ["plot", "aq-0001", "pm2_5", "--from", "9000-01-01T00:00:00Z"], ["figures", "--threshold", "200"],
        ] {
            _ = try run(arguments, exitCode: 64)
        }
    }

    /// Colour is for a terminal, as wide as it says, and not for those who ask for none.
    private func terminal() throws {
        func typed(_ environment: [String: String], _ arguments: String = "show aq-0001") throws -> String {
            let command = "\(GatewayProcess.executable) \(arguments) --config \(gateway.configurationPath)"
            let run = try ChildProcess(
                "script", ["-qec", "stty cols 90 rows 40; \(command)", "/dev/null"], environment: environment)
            #expect(run.wait() == .exited(0), "\(run.standardError)")
            return run.standardOutput
        }
        let coloured = try typed(["NO_COLOR": "", "TERM": "xterm"])
        #expect(coloured.contains("\u{1B}[31m!\u{1B}[0m"), "\(coloured)")
        let plain = try typed(["NO_COLOR": "1", "TERM": "xterm"])
        #expect(!plain.contains("\u{1B}["))
        for arguments in ["show aq-0001", "watch --seconds 1"] {
            let dumb = try typed(["NO_COLOR": "", "TERM": "dumb"], arguments)
            #expect(dumb.contains("aq-0001") && !dumb.contains("\u{1B}"), "\(dumb)")
        }
        let widths = plain.split(whereSeparator: \.isNewline).map(\.count)
        #expect((81...90).contains(widths.max() ?? 0), "\(widths)")
    }
}
