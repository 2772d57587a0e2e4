import Telemetry

/// The devices of the configuration, by every name under which they send.
public struct DeviceDirectory {
    private var byName: [String: DeviceOptions] = [:]

    public init(_ devices: [DeviceOptions]) {
        for device in devices {
            for name in [device.id] + device.aliases where byName[DeviceNames.comparable(name)] == nil {
                byName[DeviceNames.comparable(name)] = device
            }
        }
    }

    public func knows(_ name: String) -> Bool { self[name] != nil }

    subscript(name: String) -> DeviceOptions? { byName[DeviceNames.comparable(name)] }
}

/// What a message calls the device that it is from.
struct DeviceName {
    /// By which an unknown device is known from then on.
    var name: UnsafeRawBufferPointer
    /// Another name of the same device, such as its DevEUI, by which the configuration may know it.
    var alternate: UnsafeRawBufferPointer?

    init(_ name: UnsafeRawBufferPointer, alternate: UnsafeRawBufferPointer? = nil) {
        self.name = name
        self.alternate = alternate
    }
}
