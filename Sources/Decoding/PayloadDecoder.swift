import Telemetry

/// Reads the payloads of one source. Pure but for what a protocol itself spreads over messages. One thread.
protocol PayloadDecoder: AnyObject {
    /// Hands what the payload holds to the writer: readings, rejections, or neither, where it holds nothing known.
    ///
    /// - Parameter payload: not empty, within the limit on its size, valid during the call only.
    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter)

    /// Goes on with what the source's messages have told an earlier decoder of the same format.
    func takeOver(from earlier: any PayloadDecoder)
}

extension PayloadDecoder {
    func takeOver(from earlier: any PayloadDecoder) {}
}

/// What a payload decoder is made of.
struct SourceSetup {
    let source: Source
    let catalogue: QuantityCatalogue
    let limits: DecoderLimits
    /// Shared by all sources: one message is read at a time.
    let document: JSONDocument
    /// Nil where nobody wants to know.
    let unread: UnreadNames?

    func vocabulary(_ conventions: [String: FieldConvention] = [:], isClosed: Bool = false) -> SourceVocabulary {
        SourceVocabulary(
            source: source, catalogue: catalogue, conventions: conventions, isClosed: isClosed, unread: unread)
    }

    /// The payload's JSON, or a rejection and nil.
    func parse(_ payload: UnsafeRawBufferPointer, _ writer: ReadingWriter) -> JSONValue? {
        switch document.parse(payload) {
        case .value(let root): return root
        case .tooDeep: writer.reject(.tooDeep, "the payload is nested deeper than \(limits.depth) levels")
        case .invalid(let cause): writer.reject(.undecodable, "\(cause): \(payload.text.excerpt)")
        }
        return nil
    }

    func makeDecoder() -> any PayloadDecoder {
        switch source.format {
        case .json: FlexibleJSONDecoder(self)
        case .scalar: ScalarDecoder(self)
        case .theThingsStackV3: TheThingsStackV3Decoder(self)
        case .theThingsNetworkV2: TheThingsNetworkV2Decoder(self)
        case .chirpStackV4: ChirpStackV4Decoder(self)
        case .senML: SenMLDecoder(self)
        case .sensorCommunity: SensorCommunityDecoder(self)
        case .telraam: TelraamDecoder(self)
        case .tasmota: TasmotaDecoder(self)
        case .zigbee2MQTT: Zigbee2MQTTDecoder(self)
        case .shellyGen2: ShellyGen2Decoder(self)
        case .cayenneLPP: CayenneLPPDecoder(self)
        case .lineProtocol: LineProtocolDecoder(self)
        case .smartDataModels: SmartDataModelsDecoder(self)
        case .sparkplugB: SparkplugBDecoder(self)
        }
    }
}
