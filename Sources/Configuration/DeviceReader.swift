import Telemetry

/// Reads `[[device]]`.
struct DeviceReader {
    let complaints: Complaints
    let catalogue: QuantityCatalogue

    func read(_ tables: [TableReader]) -> [Configuration.DeviceSection] {
        var devices: [Configuration.DeviceSection] = []
        var ids: Set<String> = []
        for table in tables {
            var table = table
            let device = read(&table)
            if !device.id.isEmpty, !ids.insert(device.id).inserted {
                complaints.error(table.node("id")?.place ?? table.place, "there is a device \"\(device.id)\" already")
            }
            devices.append(device)
        }
        return devices
    }

    private func read(_ table: inout TableReader) -> Configuration.DeviceSection {
        var device = Configuration.DeviceSection()
        if let id = table.string("id") {
            device.id = id
        } else if !table.has("id") {
            complaints.error(table.place, "a [[device]] needs an `id`")
        }
        table.string("type", into: &device.type)
        table.string("neighbourhood", into: &device.neighbourhood)
        device.intervalMilliseconds = table.duration("interval", in: 100...31_557_600_000)
        if let node = table.node("location") {
            var location = TableReader(node, name: "location", complaints: complaints)
            device.latitude = location.number("lat", in: -90...90)
            device.longitude = location.number("lon", in: -180...180)
            if location.has("lat") != location.has("lon") {
                complaints.error(node.place, "`location` needs both `lat` and `lon`, in degrees")
            }
            location.finish()
        }
        if let node = table.node("quantity") {
            readQuantities(TableReader(node, name: "[device.quantity]", complaints: complaints), into: &device)
        }
        table.finish(laterKeys: ["aliases", "owner", "geometry", "labels"])
        return device
    }

    private func readQuantities(_ table: TableReader, into device: inout Configuration.DeviceSection) {
        for field in table.keys {
            guard catalogue[field.key] != nil else {
                complaints.error(
                    field.keyPlace, "unknown quantity `\(field.key)`",
                    suggestion: Spelling.nearest(to: field.key, among: catalogue.quantities.keys.sorted()))
                continue
            }
            var section = TableReader(
                field.node, name: "[device.quantity.\(field.key)]", complaints: complaints)
            if let limits = GrossRangeReader.read(&section, complaints: complaints) {
                device.grossRanges[field.key] = limits
            }
            section.finish(laterKeys: QuantityReader.laterTests)
        }
    }
}
