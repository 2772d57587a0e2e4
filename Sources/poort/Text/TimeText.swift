import ArgumentParser
import Telemetry

/// A moment as a person types it: RFC 3339.
enum TimeText {
    static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw ValidationError("\(text) is not a time such as 2026-11-23T10:00:00Z")
        }
        return time
    }
}
