import Gateway
import Processing
import Telemetry

/// A site's derived figures as a JSON object.
struct FiguresJSON {
    let figures: SiteFigures

    init(_ figures: SiteFigures) {
        self.figures = figures
    }

    var line: JSONLine {
        var line = JSONLine()
        line.add("site", figures.site.name)
        line.add("devices", figures.site.devices)
        line.add("from", figures.range.lowerBound)
        line.add("to", figures.range.upperBound)
        if let air = figures.air { line.add("air", json(air)) } else { line.addNull("air") }
        line.add("traffic", figures.traffic.map(json))
        line.add("containers", figures.containers.map(json))
        return line
    }

    // MARK: - Air

    private func json(_ air: AirFigures) -> JSONLine {
        var line = JSONLine()
        line.add("hours", air.hours.map(json))
        line.add("eight_hour_means", air.eightHours.map(json))
        line.add("without_interval", air.withoutInterval)
        return line
    }

    private func json(_ hour: AirFigures.Hour) -> JSONLine {
        var line = JSONLine()
        line.add("start", hour.start)
        if let index = hour.european { line.add("eaqi", json(index)) } else { line.addNull("eaqi") }
        if let index = hour.dutch { line.add("lki", json(index)) } else { line.addNull("lki") }
        var means = JSONLine()
        for pollutant in Pollutant.allCases {
            if let mean = hour.means[pollutant] { means.add(pollutant.rawValue, mean) }
        }
        line.add("means", means)
        return line
    }

    private func json(_ index: EuropeanAirQualityIndex) -> JSONLine {
        var line = JSONLine()
        line.add("index", index.level.rawValue)
        line.add("level", index.level.name)
        line.add("decisive", index.decisive.rawValue)
        line.add("missing", index.missing.map(\.rawValue))
        line.add("complete", index.isComplete)
        line.add("complete_at_traffic", index.isCompleteAtTraffic)
        return line
    }

    private func json(_ index: DutchAirQualityIndex) -> JSONLine {
        var line = JSONLine()
        line.add("index", index.value)
        line.add("category", index.category.rawValue)
        line.add("decisive", index.decisive.rawValue)
        line.add("missing", index.missing.map(\.rawValue))
        return line
    }

    private func json(_ eight: AirFigures.EightHours) -> JSONLine {
        var line = JSONLine()
        line.add("device", eight.device)
        line.add("quantity", eight.quantity)
        line.add("unit", eight.unit)
        line.add("means", eight.means.map(json))
        line.add(
            "days",
            eight.days.map { day in
                var line = JSONLine()
                line.add("start", day.day.start)
                line.add("end", day.day.end)
                if let highest = day.highest { line.add("highest", json(highest)) } else { line.addNull("highest") }
                line.add("means", day.meanCount)
                line.add("required", day.requiredCount)
                line.add("valid", day.isValid)
                return line
            })
        return line
    }

    private func json(_ mean: EightHourMean) -> JSONLine {
        var line = JSONLine()
        line.add("end", mean.end)
        line.add("value", mean.value)
        line.add("hours", mean.hourCount)
        return line
    }

    // MARK: - Traffic

    private func json(_ traffic: TrafficFigures) -> JSONLine {
        var line = JSONLine()
        line.add("device", traffic.device)
        line.add("speeds", traffic.speeds.rawValue)
        line.add("closed_hours", traffic.closedHourCount)
        line.add("counted_hours", traffic.countedHourCount)
        line.add("whole", json(traffic.whole))
        line.add("hours", traffic.hours.map(json))
        return line
    }

    private func json(_ period: TrafficFigures.Period) -> JSONLine {
        var line = JSONLine()
        line.add("start", period.start)
        line.add("end", period.end)
        line.add("passed", period.shares.counts.isEmpty ? nil : period.shares.total)
        var counts = JSONLine()
        var shares = JSONLine()
        for passing in period.shares.counts {
            counts.add(passing.kind.rawValue, passing.count)
            shares.add(passing.kind.rawValue, period.shares.share(of: passing.kind))
        }
        line.add("counts", counts)
        line.add("shares", shares)
        line.add("heavy_share", period.shares.heavyShare)
        line.add("v85", period.v85)
        return line
    }

    // MARK: - Containers

    private func json(_ container: ContainerFigures) -> JSONLine {
        var line = JSONLine()
        line.add("device", container.device)
        line.add("level", container.latest?.level)
        line.add("level_time", container.latest?.time)
        line.add("emptyings", container.emptyings.map(json))
        if let emptying = container.outlook.lastEmptying {
            line.add("last_emptying", json(emptying))
        } else {
            line.addNull("last_emptying")
        }
        line.add("rate_per_hour", container.outlook.rate?.perHour)
        line.add("threshold", container.threshold)
        switch container.outlook.forecast {
        case .reaches(let time):
            line.add("forecast", "reaches")
            line.add("reaches", time)
        case .reached: line.add("forecast", "reached")
        case .insufficientData(let lack):
            line.add("forecast", "insufficient_data")
            line.add("reason", lack.rawValue)
        }
        return line
    }

    private func json(_ emptying: Emptying) -> JSONLine {
        var line = JSONLine()
        line.add("after", emptying.after)
        line.add("time", emptying.time)
        line.add("level_before", emptying.levelBefore)
        line.add("level_after", emptying.levelAfter)
        return line
    }
}
