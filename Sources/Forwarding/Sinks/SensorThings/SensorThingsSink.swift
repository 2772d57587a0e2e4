public import HTTP
public import Telemetry

/// OGC SensorThings 1.1, as FROST-Server and others speak it: a Thing for each device, a Datastream for each series and tier,
/// an Observation for each window.
///
/// New windows are created many at a time. A window that may be there, since it lies before the newest of its Datastream, is
/// looked up first: it is changed where an older revision is there, and left where the same is. What is newest is asked of the
/// server for each Datastream at first sight, and again when an answer was lost: so what is sent twice is there once. (Only
/// while a server still works at a request that was given up, and makes the ids, can a window come to be there twice; the
/// next correction leaves one.)
public final class SensorThingsSink: Sink {
    public let traits: SinkTraits
    private let options: SensorThingsOptions
    private let service: SensorThingsService
    private let directory: SensorThingsDirectory
    /// Whether the server knows `CreateObservations`, as far as is known.
    private var takesMany = true

    /// - Parameters:
    ///   - exchange: this sink's own.
    ///   - clock: what a server's wish to be asked again at some date is measured by.
    /// - Throws: `misconfigured` where the url cannot be one.
    public init(
        _ options: SensorThingsOptions, exchange: any HTTPExchange,
        clock: @escaping () -> Timestamp = Timestamp.now
    ) throws(SinkFailure) {
        let address = try SinkExchange.address(options.url, "find the server")
        var root = address.url
        while root.hasSuffix("/") { root.removeLast() }
        self.options = options
        service = SensorThingsService(
            root: root,
            exchange: SinkExchange(
                exchange, server: address.server, authorization: options.authorization,
                clock: clock))
        directory = SensorThingsDirectory(service, most: options.mostDatastreams)
        traits = SinkTraits(mostRows: options.mostRows, isIdempotent: true)
    }

    /// Anything may be there.
    public func resume(at bookmark: String?) {
        directory.forgetAll()
        takesMany = true
    }

    public func disconnect() { service.exchange.disconnect() }

    public func cancel() { service.exchange.cancel() }

    public func deliver(_ rows: [SharedAggregate]) throws(SinkFailure) -> Delivery {
        let newest = NewestRevisions(rows)
        let delivery = SensorThingsDelivery(
            newest.kept.map { ($0, rows[$0]) }, service: service, directory: directory, ids: options.ids,
            takesMany: takesMany)
        let outcomes = try delivery.run()
        takesMany = delivery.takesMany
        return newest.delivery(outcomes)
    }

    public func preview(_ rows: [SharedAggregate]) -> String {
        let newest = NewestRevisions(rows)
        var groups: [SensorThingsStream: [SharedAggregate]] = [:]
        for place in newest.kept { groups[SensorThingsStream(rows[place]), default: []].append(rows[place]) }
        var text = ""
        var body: [JSONValue] = []
        for (stream, rows) in groups.sorted(by: { $0.key.name < $1.key.name }) {
            let known = directory.known(stream)
            if known == nil {
                text += "# the datastream \(stream.name) is looked for, and created where it is not there\n"
            }
            body.append(
                SensorThingsDataArray.group(
                    rows, datastream: known?.id.reference ?? ["name": .string(stream.name)],
                    featureOfInterest: known?.featureOfInterest, ids: options.ids))
        }
        let request = service.exchange.signed(service.request(.post, "CreateObservations", .array(body)))
        return text + ((try? request.shown()) ?? "") + "\n" + String(decoding: request.body, as: UTF8.self) + "\n"
    }
}
