import Telemetry

/// The gateway that heard a device best.
struct BestGateway {
    private var rssi: Double?
    private var snr: Double?
    /// What a gateway means that says no signal-to-noise ratio: 0 dB, where the network server leaves zeros out.
    private let omittedSNR: Double?

    init(omittedSNR: Double? = nil) {
        self.omittedSNR = omittedSNR
    }

    mutating func consider(rssi: JSONValue?, snr: JSONValue?) {
        guard let strength = rssi?.number, strength > self.rssi ?? -.infinity else { return }
        self.rssi = strength
        self.snr = snr.map(\.number) ?? omittedSNR
    }

    func add(of report: Report, into writer: ReadingWriter) {
        if let rssi { writer.add(.number(rssi), as: BestGateway.strength, of: report) }
        if let snr { writer.add(.number(snr), as: BestGateway.quality, of: report) }
    }

    private static let strength = FieldMeaning(quantity: "rssi", unit: nil, isExplicit: true)
    private static let quality = FieldMeaning(quantity: "snr", unit: nil, isExplicit: true)
}
