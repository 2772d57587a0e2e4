import Gateway
import GatewayConfiguration
import Simulation
import Storage
import Telemetry

/// A simulated day of some 500 series and 50 readings a second, fed to the gateway's core as fast as it goes: as from a
/// broker, with a commit every 10 s of the street's time.
struct StreetDay {
    let database: String
    private let street: Street
    private let configuration: Configuration
    static let start = Timestamp(rfc3339: "2026-11-23T00:00:00Z")!
    static let hour: Int64 = 3_600_000
    static let commitMilliseconds: Int64 = 10_000

    init(directory: String) throws {
        var street = Street(calendar: .utc)
        street.counts = [.air: 96, .traffic: 3, .bin: 2]
        street.faults.spikes = 0.0005
        street.faults.missing = 0.002
        street.faults.late = 0.0005
        self.street = street
        database = directory + "/street.db"
        var text = StreetConfiguration(street: street)
        text.databasePath = database
        text.socketPath = directory + "/poort.sock"
        text.timezone = "UTC"
        text.commitInterval = "\(StreetDay.commitMilliseconds / 1000)s"
        configuration = try ConfigurationFile.load(text: text.text, name: "street.toml")
    }

    /// What came of feeding it.
    struct Result {
        var seriesCount: Int
        var readings: Int
        var duration: Duration
        /// To the disk, the last checkpoint included; nil where the kernel does not count.
        var written: Int64?
        var fileBytes: Int64
    }

    /// Feeds the street and closes the database.
    func feed(hours: Int64, progress: ProgressLine) throws -> Result {
        let before = ProcessWrites.bytes()
        let duration = try ContinuousClock().measure { try take(hours: hours, progress: progress) }
        let after = ProcessWrites.bytes()
        let reader = try StoreReader(path: database)
        return Result(
            seriesCount: try reader.series().count, readings: try reader.holdings().readings, duration: duration,
            written: after.flatMap { after in before.map { after - $0 } }, fileBytes: try reader.sizeBytes())
    }

    private func take(hours: Int64, progress: ProgressLine) throws {
        let replay = try Replay(
            configuration: configuration, database: database,
            pace: ReplayPace(commitMilliseconds: StreetDay.commitMilliseconds))
        // Somebody looks on, as `poort status` does.
        let onlooker = try StoreReader(path: database)
        for message in street.messages(from: StreetDay.start, to: StreetDay.start + hours * StreetDay.hour) {
            let hour = (message.published - StreetDay.start) / StreetDay.hour
            progress.show("feeding the street: hour \(hour + 1) of \(hours)")
            try replay.take(
                CapturedMessage(
                    received: message.published, topic: Array(message.topic.utf8), payload: message.payload))
        }
        try replay.commit()
        _ = try onlooker.series()
    }
}
