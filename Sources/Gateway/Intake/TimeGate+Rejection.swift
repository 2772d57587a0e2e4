import Processing
import Telemetry

extension TimeGate {
    /// Why a reading is not to be filed at its time; nil where it is.
    /// - Parameter floor: up to when readings of its like went for the quota.
    func rejection(of time: Timestamp, received: Timestamp, now: Timestamp, floor: Timestamp) -> Rejection? {
        if let reason = objection(to: time, received: received, now: now) {
            let words = reason == .clockAhead ? "ahead of the gateway's clock" : "older than raw readings are kept"
            return Rejection(reason, detail: "its time \(time) is \(words) (received \(received))", readingCount: 1)
        }
        return time < floor ? TimeGate.rejection(of: time, before: floor) : nil
    }

    /// Of a reading that is older than the quota leaves of its like.
    static func rejection(of time: Timestamp, before floor: Timestamp) -> Rejection {
        Rejection(
            .beyondRetention, detail: "its time \(time) is before \(floor), up to when readings went for the quota",
            readingCount: 1)
    }
}
