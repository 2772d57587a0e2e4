import Telemetry

/// Reads `[[device]]`.
struct DeviceReader {
    let complaints: Complaints
    let catalogue: QuantityCatalogue

    func read(_ tables: [TableReader]) -> [Configuration.DeviceSection] {
        var names = NameRegister(complaints: complaints)
        var sites: [Int: Place] = [:]
        let devices = tables.enumerated().map { index, table in
            var table = table
            let device = read(&table, names: &names)
            if !device.site.isEmpty { sites[index] = table.place(of: "site") }
            return device
        }
        for (index, place) in sites.sorted(by: { $0.key < $1.key }) { checkSite(of: index, in: devices, place: place) }
        return devices
    }

    /// A name means one thing: a device is asked for by the same word as a site.
    private func checkSite(of index: Int, in devices: [Configuration.DeviceSection], place: Place) {
        let site = devices[index].site
        guard let other = devices.first(where: { $0.id == site }), other.site != site else { return }
        complaints.error(
            place,
            "`site` is \"\(site.plain)\", the `id` of a [[device]] that is not of this site; give that one the same `site`, or this one another"
        )
    }

    private func read(_ table: inout TableReader, names: inout NameRegister) -> Configuration.DeviceSection {
        var device = Configuration.DeviceSection()
        if let id = table.string("id") {
            let place = table.place(of: "id")
            if isName(id, place: place, key: "id") {
                names.enter(id, .id, of: table.place, at: place)
                device.id = id
            }
        } else if !table.has("id") {
            complaints.error(
                table.place, "a [[device]] needs an `id`: the name under which it sends, such as id = \"aq-0001\"")
        }
        for (alias, place) in table.strings("aliases") where isName(alias, place: place, key: "aliases") {
            if names.enter(alias, .alias, of: table.place, at: place) { device.aliases.append(alias) }
        }
        table.string("type", into: &device.type)
        table.string("neighbourhood", into: &device.neighbourhood)
        if let site = table.string("site"), isSiteName(site, place: table.place(of: "site")) { device.site = site }
        table.string("owner", into: &device.owner)
        device.isPrivate = table.boolean("private") ?? false
        device.intervalMilliseconds = table.duration("interval", in: 100...31_557_600_000)
        if var location = table.table("location") { readLocation(&location, into: &device) }
        if var geometry = table.table("geometry") { device.geometry = readGeometry(&geometry) }
        device.fillThreshold = table.number("fill_threshold", in: 1...100)
        device.speeds = table.choice("speeds", among: Configuration.Speeds.allCases.map(\.rawValue))
            .flatMap(Configuration.Speeds.init)
        if var labels = table.table("labels") { device.labels = readLabels(&labels) }
        if let quantities = table.table("quantity") { readQuantities(quantities, into: &device) }
        table.finish()
        return device
    }

    /// What the decoder takes for a device's name; it refuses others, so that they would never be found.
    private func isName(_ name: String, place: Place, key: String) -> Bool {
        if name.hasControlCharacters {
            complaints.error(place, "`\(key)` has \"\(name.plain)\": a device's name has no control characters in it")
            return false
        }
        guard name.utf8.count <= DeviceNames.longestBytes else {
            complaints.error(
                place,
                "`\(key)` has \"\(name.plain)\", of \(name.utf8.count) bytes; a device's name has \(DeviceNames.longestBytes) at most"
            )
            return false
        }
        if name.hasPrefix(" ") || name.hasSuffix(" ") {
            complaints.warn(
                place,
                "`\(key)` has \"\(name.plain)\" with a space at an end; only a device that sends one there is meant",
                suggestion: "\"\(String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()).plain)\"")
        }
        return true
    }

    private func isSiteName(_ name: String, place: Place) -> Bool {
        let isName = !name.hasControlCharacters && name.utf8.count <= DeviceNames.longestBytes
        if !isName {
            complaints.error(
                place,
                "`site` is \"\(name.plain)\"; a site's name has \(DeviceNames.longestBytes) bytes at most and no control characters in it"
            )
        }
        return isName
    }

    private func readLocation(_ location: inout TableReader, into device: inout Configuration.DeviceSection) {
        device.latitude = location.number("lat", in: -90...90)
        device.longitude = location.number("lon", in: -180...180)
        if location.has("lat") != location.has("lon") {
            complaints.error(
                location.place,
                "`location` has no `\(location.has("lat") ? "lon" : "lat")`; it needs both, in degrees: { lat = 52.53, lon = 6.06 }"
            )
        }
        // Where the Netherlands are, the other way round; there it is the Arabian Sea.
        if let latitude = device.latitude, let longitude = device.longitude, (3...8).contains(latitude),
            (50...54).contains(longitude)
        {
            let (lat, lon) = (JSONLine.number(latitude), JSONLine.number(longitude))
            complaints.warn(
                location.place, "`location` has lat \(lat) and lon \(lon), which is in the Arabian Sea",
                suggestion: "{ lat = \(lon), lon = \(lat) }")
        }
        location.finish()
    }

    /// Both as distances from the sensor.
    private func readGeometry(_ geometry: inout TableReader) -> ContainerGeometry? {
        let empty = geometry.length("empty", in: 1...20_000)
        let full = geometry.length("full", in: 0...20_000)
        for key in ["empty", "full"] where !geometry.has(key) {
            complaints.error(
                geometry.place,
                "`geometry` has no `\(key)`; it needs both, as distances from the sensor: { empty = \"1800mm\", full = \"300mm\" }"
            )
        }
        geometry.finish()
        guard let empty, let full else { return nil }
        if let made = ContainerGeometry(emptyMillimetres: empty, fullMillimetres: full) { return made }
        let (fullText, emptyText) = (JSONLine.number(full), JSONLine.number(empty))
        complaints.error(
            geometry.place(of: "full"),
            "`full` is \(fullText)mm and `empty` \(emptyText)mm; they are distances from the sensor in the lid, so `full` is the smaller one",
            suggestion: full > empty ? "{ empty = \"\(fullText)mm\", full = \"\(emptyText)mm\" }" : nil)
        return nil
    }

    private func readLabels(_ table: inout TableReader) -> [String: String] {
        var labels: [String: String] = [:]
        for field in table.fields {
            if case .string(let text) = field.node.value {
                labels[field.key] = text
            } else {
                complaints.error(
                    field.node.place,
                    "`\(field.key.plain)` in [device.labels] must be a string, not \(field.node.shown)",
                    suggestion: field.node.isScalar ? "\"\(field.node.shown)\"" : nil)
            }
        }
        return labels
    }

    private func readQuantities(_ table: TableReader, into device: inout Configuration.DeviceSection) {
        for field in table.fields {
            guard catalogue[field.key] != nil else {
                complaints.unknownQuantity(field.key, in: "[device.quantity]", at: field.keyPlace, of: catalogue)
                continue
            }
            let path = "device.quantity.\(field.key)"
            guard var section = TableReader(field.node, path: path, complaints: complaints) else { continue }
            if let limits = GrossRangeReader.read(&section, complaints: complaints) {
                device.grossRanges[field.key] = limits
            }
            let limitsReader = QualityLimitsReader(
                complaints: complaints, quantityNames: Set(catalogue.quantities.keys), catalogue: catalogue,
                intervalMilliseconds: device.intervalMilliseconds)
            let changes = limitsReader.read(&section, of: field.key)
            limitsReader.check(changes, fit: catalogue[field.key]?.kind ?? .gauge, of: section)
            if changes != QualityLimitChanges() { device.limitChanges[field.key] = changes }
            section.finish()
        }
    }
}

extension Complaints {
    func unknownQuantity(_ name: String, in table: String, at place: Place, of catalogue: QuantityCatalogue) {
        let suggestion = Spelling.nearest(to: name, among: catalogue.quantities.keys.sorted())
        let help = suggestion == nil ? "; one of your own needs a [quantity.NAME] with `unit` and `kind`" : ""
        error(place, "unknown quantity `\(name.plain)` in \(table)\(help)", suggestion: suggestion)
    }
}

extension TOMLNode {
    fileprivate var isScalar: Bool {
        switch value {
        case .integer, .float, .boolean: true
        default: false
        }
    }
}
