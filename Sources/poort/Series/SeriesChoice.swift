import GatewayConfiguration
import Storage
import Telemetry

/// Finds what a person means by a device, a site and a quantity, or says what is near.
struct SeriesChoice {
    let all: [StoreReader.SeriesRow]
    let configuration: Configuration?

    init(_ reader: StoreReader, configuration: Configuration?) throws {
        all = try reader.series()
        self.configuration = configuration
    }

    /// The series of a device, by its name or another that the configuration gives it: of each quantity the latest one,
    /// where a change of its unit began another.
    func device(_ name: String) throws(CommandFailure) -> [StoreReader.SeriesRow] {
        let id = deviceID(name)
        let rows = all.filter { $0.device == id }
        if rows.isEmpty { throw unknownDevice(name) }
        return rows.filter { row in !rows.contains { $0.quantity == row.quantity && $0.id > row.id } }
    }

    func series(_ device: String, _ quantity: String) throws(CommandFailure) -> StoreReader.SeriesRow {
        let rows = try self.device(device)
        if let found = rows.first(where: { $0.quantity == quantity }) { return found }
        let names = rows.map(\.quantity)
        throw CommandFailure(
            "\(TerminalText.plain(device)) measures no \(TerminalText.plain(quantity))"
                + "\(meant(quantity, names)); it measures \(names.joined(separator: ", "))",
            exitCode: CommandFailure.problem)
    }

    func deviceID(_ name: String) -> String {
        let wanted = DeviceNames.comparable(name)
        let known = configuration?.deviceList.first { device in
            ([device.id] + device.aliases).contains { DeviceNames.comparable($0) == wanted }
        }
        return known?.id ?? name
    }

    func unknownDevice(_ name: String, sites: [String] = []) -> CommandFailure {
        let shown = TerminalText.plain(name)
        let names = Array(Set(all.map(\.device) + sites)).sorted()
        if configuration?.deviceList.contains(where: { $0.id == deviceID(name) }) ?? false {
            return CommandFailure(
                "\(shown) is in the configuration and has not sent anything yet; "
                    + "poort quarantine list shows what was put aside",
                exitCode: CommandFailure.problem)
        }
        let kind = sites.isEmpty ? "device" : "device or site"
        return CommandFailure(
            "no \(kind) \(shown) has sent anything\(meant(name, names)); poort sensors lists those that have",
            exitCode: CommandFailure.problem)
    }

    private func meant(_ word: String, _ names: [String]) -> String {
        Spelling.nearest(to: word, among: names).map { " (did you mean \(TerminalText.plain($0))?)" } ?? ""
    }
}
