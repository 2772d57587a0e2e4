import Storage
import Telemetry

extension Core {
    /// Keeps a reading in quarantine by itself: what is kept is the reading, not the message in which it came.
    /// - Parameters:
    ///   - reading: what is known of it.
    ///   - received: within the boot, where that is given, whose time is not known.
    ///   - source: empty where none matched.
    /// - Returns: whether it was new.
    func putAside(
        _ reading: JSONLine, received: Timestamp, boot: Int64? = nil, source: String, _ rejection: Rejection
    ) throws(StorageError) -> Bool {
        var copy = QuarantinedMessage(
            received: received, boot: boot, source: source, topic: [], payload: Array(reading.finished.utf8),
            rejection: rejection)
        copy.mask(by: settings.mask)
        return try store.quarantine(copy, configuration: settings.configurationFingerprint)
    }
}

extension JSONLine {
    mutating func addReading(device: String, quantity: String, time: Timestamp?, value: Double, unit: String) {
        add("device", device)
        add("quantity", quantity)
        add("time", time)
        add("value", value)
        add("unit", unit)
    }
}
