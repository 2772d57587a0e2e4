public import Decoding
public import GatewayConfiguration
import Telemetry

extension Configuration {
    /// What the decoder asks for.
    public var decoderOptions: DecoderOptions {
        var limits = DecoderLimits()
        limits.payloadBytes = Int(processing.maximumPayloadBytes)
        limits.seriesCount = processing.seriesLimit
        return DecoderOptions(
            sources: sources, catalogue: QuantityCatalogue(quantities),
            devices: deviceList.map {
                DeviceOptions(
                    id: $0.id, aliases: $0.aliases, type: $0.type, intervalMilliseconds: $0.intervalMilliseconds,
                    grossRanges: $0.grossRanges, limitChanges: $0.limitChanges, geometry: $0.geometry, site: $0.site,
                    neighbourhood: $0.neighbourhood)
            },
            unknownDevices: self.devices.acceptsUnknown ? .accept : .quarantine, limits: limits,
            personalKeys: privacy.keys)
    }
}
