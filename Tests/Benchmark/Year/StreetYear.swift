import Gateway
import GatewayConfiguration
import Simulation
import Telemetry

/// A simulated year of some 500 series, fed to the gateway's core as fast as it goes, under a quota.
struct StreetYear {
    let street: Street
    let configuration: Configuration
    let database: String
    static let start = Timestamp(rfc3339: "2026-01-01T00:00:00Z")!
    static let day: Int64 = 86_400_000

    /// - Parameter interval: of all devices, in milliseconds.
    init(directory: String, quota: Int64, interval: Int64) throws {
        var street = Street(calendar: .utc)
        street.counts = [.air: 96, .traffic: 3, .bin: 2]
        street.intervals = [.air: interval, .traffic: interval, .bin: interval]
        street.faults.spikes = 0.0005
        street.faults.missing = 0.002
        street.faults.late = 0.0005
        self.street = street
        database = directory + "/year.db"
        var text = StreetConfiguration(street: street)
        text.databasePath = database
        text.socketPath = directory + "/poort.sock"
        text.timezone = "UTC"
        var read = try ConfigurationFile.load(text: text.text, name: "year.toml")
        read.storage.quotaBytes = quota
        configuration = read
    }

    /// - Parameter dayEnded: hears of each, with how many messages there were.
    func feed(days: Int64, dayEnded: (Int64, Int) throws -> Void) throws {
        let replay = try Replay(
            configuration: configuration, database: database, pace: ReplayPace(commitMilliseconds: 30_000))
        var messages = 0
        var day: Int64 = 0
        for message in street.messages(from: StreetYear.start, to: StreetYear.start + days * StreetYear.day) {
            while message.published >= StreetYear.start + (day + 1) * StreetYear.day {
                day += 1
                try dayEnded(day, messages)
            }
            try replay.take(
                CapturedMessage(
                    received: message.published, topic: Array(message.topic.utf8), payload: message.payload))
            messages += 1
        }
        try replay.commit()
        try dayEnded(days, messages)
    }
}
