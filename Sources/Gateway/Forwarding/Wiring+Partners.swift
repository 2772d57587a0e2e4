import Forwarding
import GatewayConfiguration
import Secrets
import Telemetry

extension Wiring {
    var partnerOptions: [PartnerOptions] { configuration.partners.map(options) }

    /// What a partner's thread is made from.
    func options(of partner: Configuration.PartnerSection) -> PartnerOptions {
        let maker = SinkMaker(partner: partner, gateway: configuration.gateway.name)
        var options = PartnerOptions(
            name: partner.name, gateway: configuration.gateway.name, contract: partner.contract,
            families: QuantityFamilies(totals: configuration.quantityTotals), rowsPerSecond: partner.rowsPerSecond,
            makeSink: { () throws(SinkFailure) in try maker.make() })
        options.secrets = { maker.secrets }
        return options
    }

    /// Whether partners get something else, or otherwise, than under a former configuration. Where nothing is different their
    /// threads go on.
    func partnersDiffer(from former: Configuration) -> Bool {
        configuration.partners != former.partners || configuration.gateway.name != former.gateway.name
            || configuration.quantityTotals != former.quantityTotals || configuration.deviceList != former.deviceList
            || !configuration.partners.isEmpty && configuration.partners.contains { $0.access.hasSecret }
    }
}

extension Configuration.PartnerAccess {
    /// Which may be another one now, in the same file.
    fileprivate var hasSecret: Bool { password != nil || token != nil || keyFile != nil }
}
