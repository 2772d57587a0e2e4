import Telemetry

/// A complaint about parts of a message that may all be wrong in the same way: said once, with the first of them.
struct RepeatedRejection {
    private let reason: RejectionReason
    private var detail = ""
    private var count = 0
    private var readings = 0

    init(_ reason: RejectionReason) {
        self.reason = reason
    }

    /// - Parameter readings: how many that part stands for; 0 where that cannot be told.
    mutating func note(_ detail: @autoclosure () -> String, readings: Int = 1) {
        if count == 0 { self.detail = detail() }
        count += 1
        self.readings += readings
    }

    func report(to writer: ReadingWriter) {
        guard count > 0 else { return }
        writer.reject(reason, count == 1 ? detail : "\(detail) (and \(count - 1) more like it)", readings: readings)
    }
}
