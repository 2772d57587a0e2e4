public import HTTP
public import Telemetry

/// NGSI-LD, as Orion-LD, Scorpio and Stellio speak it, in the Smart Data Models.
///
/// Air, weather and traffic are observations: an entity for each device, tier and window, in which each quantity is a
/// property, so that a correction takes the place of what it corrects. A container is a thing: one entity, in which each
/// property is of the newest window. What the broker has of it is asked for at first sight, and no older window is sent after.
public final class NGSILDSink: Sink {
    public let traits: SinkTraits
    private let options: NGSILDOptions
    private let broker: NGSILDBroker
    /// Of things, by id: what is newest in each property.
    private var things: BoundedCache<String, [String: NGSILDAge]>

    /// - Parameters:
    ///   - exchange: this sink's own.
    ///   - clock: what a server's wish to be asked again at some date is measured by.
    /// - Throws: `misconfigured` where the url cannot be one.
    public init(
        _ options: NGSILDOptions, exchange: any HTTPExchange,
        clock: @escaping () -> Timestamp = Timestamp.now
    ) throws(SinkFailure) {
        let address = try SinkExchange.address(options.url, "find the broker")
        var root = address.url
        while root.hasSuffix("/") { root.removeLast() }
        if root.hasSuffix("/ngsi-ld/v1") { root.removeLast("/ngsi-ld/v1".count) }
        self.options = options
        broker = NGSILDBroker(
            root: root, options: options,
            exchange: SinkExchange(
                exchange, server: address.server, authorization: options.authorization,
                clock: clock))
        things = BoundedCache(most: options.mostThings)
        traits = SinkTraits(mostRows: options.mostRows, isIdempotent: true)
    }

    public func resume(at bookmark: String?) { things.removeAll() }

    public func disconnect() { broker.exchange.disconnect() }

    public func cancel() { broker.exchange.cancel() }

    public func deliver(_ rows: [SharedAggregate]) throws(SinkFailure) -> Delivery {
        let newest = NewestRevisions(rows)
        var batch = NGSILDBatch(newest.kept.map { ($0, rows[$0]) }, context: options.context)
        let known = try learnThings(batch.thingIDs)
        batch.leaveOut(olderThan: known)
        if batch.entities.isEmpty { return .allTaken }
        let outcomes = try upsert(batch)
        for (id, ages) in batch.ages where outcomes[id] == .taken {
            things.set(id, (known[id] ?? [:]).merging(ages) { _, new in new })
        }
        // A window that has no figure any more: it must not keep the one that it had.
        for (id, attributes) in batch.emptied where outcomes[id] == .taken {
            for attribute in attributes {
                do throws(SinkFailure) {
                    try broker.delete(attribute, of: id)
                } catch {
                    var failure = error
                    failure.mayHaveArrived = true
                    throw failure
                }
            }
        }
        return newest.delivery(batch.outcomes(outcomes))
    }

    /// Asks the broker for the things that are not known.
    private func learnThings(_ ids: [String]) throws(SinkFailure) -> [String: [String: NGSILDAge]] {
        var known: [String: [String: NGSILDAge]] = [:]
        for id in ids {
            if let ages = things.value(of: id) {
                known[id] = ages
            } else {
                let ages = try broker.ages(of: id)
                known[id] = ages
                things.set(id, ages)
            }
        }
        return known
    }

    /// - Returns: what became of each entity.
    private func upsert(_ batch: NGSILDBatch) throws(SinkFailure) -> [String: Delivery.Outcome] {
        let operation = "upsert entities"
        let ids = batch.entities.map(\.id)
        do throws(SinkFailure) {
            let response = try broker.exchange.send(broker.upsert(batch.entities.map(\.entity)), to: operation)
            if response.status == 207 {
                let answer = try broker.exchange.json(response, operation, mayHaveArrived: true)
                guard let outcomes = NGSILDBroker.outcomes(of: answer, ids: ids) else {
                    throw broker.exchange.strange(
                        "it answers 207 without success and errors: \(response.words ?? "")", operation,
                        mayHaveArrived: true)
                }
                return outcomes
            }
            if let failure = broker.exchange.failure(response, operation) { throw failure }
        } catch {
            // It may have taken a newer window than is known.
            for id in batch.thingIDs { things.remove(id) }
            throw error
        }
        return Dictionary(ids.map { ($0, .taken) }) { first, _ in first }
    }

    public func preview(_ rows: [SharedAggregate]) -> String {
        let newest = NewestRevisions(rows)
        let batch = NGSILDBatch(newest.kept.map { ($0, rows[$0]) }, context: options.context)
        let request = broker.exchange.signed(broker.upsert(batch.entities.map(\.entity)))
        let note =
            batch.thingIDs.isEmpty
            ? "" : "# of \(batch.thingIDs.joined(separator: ", ")), only what the broker has not newer\n"
        return note + ((try? request.shown()) ?? "") + "\n" + String(decoding: request.body, as: UTF8.self) + "\n"
    }
}
