import Gateway
import GatewayConfiguration
import Glibc
import Simulation
import Telemetry

/// A simulated day of some 500 series and 50 readings a second, fed to the gateway's core as fast as it goes: as from a
/// broker, with a commit every 10 s of the street's time.
struct StreetDay {
    let street: Street
    let configuration: Configuration
    static let start = Timestamp(rfc3339: "2026-11-23T00:00:00Z")!

    init(directory: String, storage: String) throws {
        var street = Street(calendar: .utc)
        street.counts = [.air: 96, .traffic: 3, .bin: 2]
        street.faults.spikes = 0.0005
        street.faults.missing = 0.002
        street.faults.late = 0.0005
        self.street = street
        var text = StreetConfiguration(street: street)
        text.databasePath = directory + "/poort.db"
        text.socketPath = directory + "/poort.sock"
        let path = directory + "/poort.toml"
        guard let file = fopen(path, "w") else { throw CaptureFileError.unwritable(path) }
        fputs(text.text.replacing(#""200ms""#, with: "\"10s\"\n\(storage)"), file)
        fclose(file)
        configuration = try ConfigurationFile.load(path: path)
    }

    enum CaptureFileError: Error {
        case unwritable(String)
    }

    /// - Returns: how many messages there were, and the bytes written to disk.
    func feed(hours: Int64, database: String, progress: (Int64) -> Void) throws -> (messages: Int, written: Int64) {
        let replay = try Replay(
            configuration: configuration, database: database, pace: ReplayPace(commitMilliseconds: 10_000))
        let before = WrittenBytes.now
        var count = 0
        var hour: Int64 = 0
        for message in street.messages(from: StreetDay.start, to: StreetDay.start + hours * 3_600_000) {
            let elapsed = (message.published - StreetDay.start) / 3_600_000
            if elapsed > hour {
                hour = elapsed
                progress(hour)
            }
            try replay.take(
                CapturedMessage(
                    received: message.published, topic: Array(message.topic.utf8), payload: message.payload))
            count += 1
        }
        try replay.commit()
        return (count, WrittenBytes.now - before)
    }
}
