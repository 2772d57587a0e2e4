import Storage
import Telemetry

extension Core {
    /// The latest reading of each series: since the start, or what the file remembers.
    func sensors(besides remembered: [SensorSnapshot]) -> [SensorSnapshot] {
        let live = liveSensors
        let heard = Set(live.map { SeriesIdentity(device: $0.device, quantity: $0.quantity) })
        return live
            + remembered.filter { !heard.contains(SeriesIdentity(device: $0.device, quantity: $0.quantity)) }
    }

    private var liveSensors: [SensorSnapshot] {
        series.live.compactMap { live in
            guard let latest = live.latest, !live.isSuperseded else { return nil }
            return SensorSnapshot(
                device: live.series.device, deviceType: live.series.deviceType, quantity: live.series.quantity.name,
                unit: live.series.quantity.unit, value: latest.value, time: latest.time, flag: latest.flag,
                storedCount: live.storedCount, intervalMilliseconds: live.series.intervalMilliseconds)
        }
    }
}
