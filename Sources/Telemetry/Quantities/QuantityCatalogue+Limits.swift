/// The limits of the built-in quantities beside their gross range.
///
/// They are recommendations for sensors in a street, wide enough that a good sensor of any make keeps to them, from
/// readings every second to every few hours; Docs/quality.md says what they find. Sources: steps and least variation of
/// WMO's guidelines for automatic weather stations (Zahumenský 2004) where a quantity is among theirs; four equal hourly
/// values, by which networks in Europe and America call an air monitor stuck; three days of Sensor.Community.
///
/// What has none, and why: counters and counts of an interval stand still when nobody passes; a circle has no spikes; one
/// loud car is no fault of a microphone; a battery's level, a fixed tilt and radio levels stay the same for weeks.
extension QuantityCatalogue {
    static let limits: [String: QualityLimits] = [
        "pm1": particles(spike: 100, 250, peers: 100, 300),
        "pm2_5": particles(spike: 100, 250, peers: 100, 300),
        "pm4": particles(spike: 150, 400, peers: 120, 350),
        "pm10": particles(spike: 200, 500, peers: 150, 450),
        "no2": gas(spike: 100, 250, flat: flat(hours(1), hours(4), 0.05), peers: 100, 300),
        // Nothing is left of it on many nights.
        "no": gas(spike: 300, 800, flat: flat(hours(12), nil, 0.05)),
        "nox": gas(spike: 400, 1000, flat: flat(hours(4), hours(12), 0.05)),
        "o3": gas(spike: 60, 150, flat: flat(hours(4), hours(12), 0.05), peers: 80, 200),
        "so2": gas(spike: 150, 400, flat: flat(hours(12), nil, 0.05)),
        "nh3": gas(spike: 150, 400, flat: flat(hours(12), nil, 0.05)),
        "co": gas(spike: 5, 15, flat: flat(hours(24), nil, 0.005)),
        "co2": gas(spike: 500, 1500, flat: flat(hours(1), hours(4), 0.5)),
        "voc_index": gas(spike: 250, nil, flat: flat(hours(12), nil, 0.5)),
        "noise_laeq": QualityLimits(flatLine: flat(hours(1), hours(4), 0.05)),

        "temperature": QualityLimits(
            spike: spike(5, 10), flatLine: flat(hours(3), hours(12), 0.05), peerSpread: peers(5, 10)),
        // Fog keeps a sensor at its upper end for half a day.
        "humidity": QualityLimits(
            spike: spike(15, 30), flatLine: flat(hours(12), nil, 0.05), peerSpread: peers(20, 40)),
        "pressure": QualityLimits(
            spike: spike(2, 5), rateOfChange: RateOfChangeLimits(suspect: 0.1, fail: 0.5),
            flatLine: flat(hours(6), hours(24), 0.005), peerSpread: peers(3, 10)),
        "wind_speed": QualityLimits(spike: spike(15, 30), flatLine: flat(hours(12), hours(48), 0.05)),
        "wind_direction": QualityLimits(flatLine: flat(hours(24), hours(72), 0.5)),
        // Dark for sixteen hours in December.
        "illuminance": QualityLimits(flatLine: flat(hours(24), hours(72), 0.05)),

        "water_level": QualityLimits(
            spike: spike(0.5, 2), rateOfChange: RateOfChangeLimits(suspect: 0.1, fail: 0.5),
            flatLine: flat(hours(24), nil, 0.0005)),
        "water_pressure": QualityLimits(spike: spike(200, 500), flatLine: flat(hours(24), nil, 0.005)),

        // A hand before the sensor, or a lid that stands open. A quiet week leaves a container as it is.
        "fill_level": QualityLimits(spike: spike(20, 40), flatLine: flat(hours(168), nil, 0.005)),
        "fill_distance": QualityLimits(spike: spike(400, 800), flatLine: flat(hours(168), nil, 0.005)),
        "bin_temperature": QualityLimits(spike: spike(10, 25), flatLine: flat(hours(48), nil, 0.05)),
        "weight": QualityLimits(spike: spike(500, 2000)),

        "speed": QualityLimits(spike: spike(70, 140), flatLine: flat(hours(2), hours(6), 0.005, readings: 12)),
        "speed_v85": QualityLimits(spike: spike(70, 140), flatLine: flat(hours(4), hours(12), 0.005, readings: 12)),
        "occupancy": QualityLimits(spike: spike(60, 90), flatLine: flat(hours(24), hours(72), 0.005)),
        "headway": QualityLimits(flatLine: flat(hours(24), hours(72), 0.005)),

        "battery": QualityLimits(spike: spike(20, 40)),
        "battery_voltage": QualityLimits(spike: spike(1.5, 4)),
    ]

    /// A plume comes and goes over several readings, and a neighbour's stove is no fault of the sensor's.
    private static func particles(
        spike suspect: Double, _ fail: Double, peers suspectSpread: Double, _ failSpread: Double
    ) -> QualityLimits {
        QualityLimits(
            spike: spike(suspect, fail), flatLine: flat(hours(1), hours(4), 0.005),
            peerSpread: peers(suspectSpread, failSpread, relative: 1))
    }

    private static func gas(spike suspect: Double, _ fail: Double?, flat: FlatLineLimits) -> QualityLimits {
        QualityLimits(spike: spike(suspect, fail), flatLine: flat)
    }

    private static func gas(
        spike suspect: Double, _ fail: Double, flat: FlatLineLimits, peers suspectSpread: Double, _ failSpread: Double
    ) -> QualityLimits {
        QualityLimits(
            spike: spike(suspect, fail), flatLine: flat, peerSpread: peers(suspectSpread, failSpread, relative: 1))
    }

    /// By differences: the method of averages would flag the good readings beside a spike as well.
    private static func spike(_ suspect: Double, _ fail: Double?) -> SpikeLimits {
        SpikeLimits(method: .differential, suspect: suspect, fail: fail)
    }

    private static func flat(
        _ suspect: Int64, _ fail: Int64?, _ tolerance: Double, readings: Int = 6
    ) -> FlatLineLimits {
        FlatLineLimits(
            suspectMilliseconds: suspect, failMilliseconds: fail, tolerance: tolerance, minimumReadings: readings)
    }

    private static func peers(_ suspect: Double, _ fail: Double, relative: Double = 0) -> PeerSpreadLimits {
        PeerSpreadLimits(suspect: suspect, fail: fail, relative: relative)
    }

    private static func hours(_ count: Int64) -> Int64 { count * 3_600_000 }
}
