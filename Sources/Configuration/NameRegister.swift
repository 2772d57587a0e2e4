import Telemetry

/// Every name under which a device sends, and where it stands: no two devices share one.
struct NameRegister {
    let complaints: Complaints
    private var entries: [String: Entry] = [:]

    enum Kind: String {
        case id = "`id`"
        case alias
    }

    private struct Entry {
        let kind: Kind
        let device: Place
        let place: Place
    }

    init(complaints: Complaints) {
        self.complaints = complaints
    }

    /// - Returns: false when it says what another entry of the same device says already.
    @discardableResult
    mutating func enter(_ name: String, _ kind: Kind, of device: Place, at place: Place) -> Bool {
        let key = DeviceNames.comparable(name)
        guard let earlier = entries[key] else {
            entries[key] = Entry(kind: kind, device: device, place: place)
            return true
        }
        if earlier.device == device {
            complaints.warn(
                place, "\"\(name.plain)\" is the device's \(earlier.kind.rawValue) already (\(earlier.place))")
            return false
        }
        complaints.error(
            place,
            "\(kind.rawValue) \"\(name.plain)\" is the \(earlier.kind.rawValue) of the [[device]] at \(earlier.place) already; each name is of one device"
        )
        return true
    }
}
