public import Telemetry

/// The devices of the configuration, by every name under which they send.
public struct DeviceDirectory: Sendable {
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

/// Which quantities the configuration knows, with the limits that apply to each device.
public struct QuantityDirectory: Sendable {
    private let catalogue: QuantityCatalogue
    private let devices: DeviceDirectory

    public init(_ options: DecoderOptions) {
        catalogue = options.catalogue
        devices = DeviceDirectory(options.devices)
    }

    /// - Returns: nil for a quantity that is not in the catalogue.
    public func quantity(_ name: String, of device: String) -> Quantity? { quantity(name, of: devices[device]) }

    func quantity(_ name: String, of device: DeviceOptions?) -> Quantity? {
        guard var known = catalogue[name] else { return nil }
        if let limits = device?.grossRanges[name] { known.grossRange = limits }
        device?.limitChanges[name]?.apply(to: &known.limits)
        return known
    }
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
