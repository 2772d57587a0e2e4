import HTTP
import Telemetry

/// One delivery on its way to a SensorThings server.
final class SensorThingsDelivery {
    struct Item {
        let place: Int
        let row: SharedAggregate
        let stream: SensorThingsStream

        var observation: SensorThingsObservation { SensorThingsObservation(row: row) }
    }

    private let service: SensorThingsService
    private let directory: SensorThingsDirectory
    private let ids: SensorThingsOptions.IDs
    private(set) var takesMany: Bool
    private var items: [Item]
    private var outcomes: [Int: Delivery.Outcome] = [:]
    /// Whether anything was sent that the server may have taken.
    private var mayHaveArrived = false
    private var datastreams: [String: SensorThingsDirectory.Datastream] = [:]

    init(
        _ rows: [(Int, SharedAggregate)], service: SensorThingsService, directory: SensorThingsDirectory,
        ids: SensorThingsOptions.IDs, takesMany: Bool
    ) {
        items = rows.map { Item(place: $0.0, row: $0.1, stream: SensorThingsStream($0.1)) }
        self.service = service
        self.directory = directory
        self.ids = ids
        self.takesMany = takesMany
    }

    /// - Returns: what became of each row, by its place.
    func run() throws(SinkFailure) -> [Int: Delivery.Outcome] {
        do throws(SinkFailure) {
            // A datastream that was deleted is created anew, once.
            let lost = try attempt(items)
            for item in lost { directory.forget(item.stream) }
            for item in lost.isEmpty ? [] : try attempt(lost) {
                directory.forget(item.stream)
                outcomes[item.place] = .again("its datastream \(item.stream.name) is not there, though it was created")
            }
        } catch {
            for item in items { directory.doubt(item.stream) }
            var failure = error
            failure.mayHaveArrived = mayHaveArrived
            throw failure
        }
        for item in items where outcomes[item.place] == .taken { note(item) }
        return outcomes
    }

    private func note(_ item: Item) {
        guard var datastream = directory.known(item.stream), datastream.knownUntil < item.row.window.end else { return }
        datastream.knownUntil = item.row.window.end
        directory.remember(datastream, of: item.stream)
    }

    /// - Returns: those whose datastream is not there.
    private func attempt(_ items: [Item]) throws(SinkFailure) -> [Item] {
        datastreams = try directory.find(Set(items.map(\.stream)))
        var fresh: [Item] = []
        var old: [Item] = []
        for item in items {
            guard let datastream = datastreams[item.stream.name] else { continue }
            if item.row.window.start >= datastream.knownUntil {
                fresh.append(item)
            } else {
                old.append(item)
            }
        }
        var lost: [Item] = []
        let (absent, gone) = try correct(old)
        lost += gone
        var errors: [(item: Item, reason: String)] = []
        for (item, reason) in try create(fresh + absent) {
            if SensorThingsRefusal.isOfDatastream(reason) {
                lost.append(item)
            } else if SensorThingsRefusal.isForNow(reason) {
                outcomes[item.place] = .again(reason)
            } else {
                errors.append((item, reason))
            }
        }
        // Some servers refuse what is there already, and do not say that it is for this.
        let (refused, goneToo) = try correct(errors.map(\.item))
        lost += goneToo
        for item in refused {
            outcomes[item.place] = .refused(errors.first { $0.item.place == item.place }?.reason ?? "")
        }
        return lost
    }

    // MARK: - What may be there

    /// Looks up windows and changes those of which an older revision is there.
    /// - Returns: those that are not there, and those whose datastream is not.
    private func correct(_ items: [Item]) throws(SinkFailure) -> (absent: [Item], lost: [Item]) {
        var absent: [Item] = []
        var lost: [Item] = []
        for (_, group) in Dictionary(grouping: items, by: \.stream).sorted(by: { $0.key.name < $1.key.name }) {
            guard let datastream = datastreams[group[0].stream.name] else { continue }
            for stretch in SensorThingsDelivery.stretches(group) {
                guard let first = stretch.first?.row.window.start, let last = stretch.map(\.row.window.end).max(),
                    let there = try service.observations(of: datastream.id, from: first, to: last)
                else {
                    lost += stretch
                    continue
                }
                for item in stretch where !(try correct(item, there: there)) { absent.append(item) }
            }
        }
        absent.sort { $0.place < $1.place }
        return (absent, lost)
    }

    /// Windows that lie near each other, ascending, so that a look-up finds little else.
    private static func stretches(_ items: [Item]) -> [[Item]] {
        var stretches: [[Item]] = []
        for item in items.sorted(by: { $0.row.window.start < $1.row.window.start }) {
            if let last = stretches.last?.last, let first = stretches.last?.first,
                item.row.window.start - last.row.window.end <= 20 * item.row.window.milliseconds,
                item.row.window.end - first.row.window.start <= 1000 * item.row.window.milliseconds
            {
                stretches[stretches.count - 1].append(item)
            } else {
                stretches.append([item])
            }
        }
        return stretches
    }

    /// - Returns: false where it is not there.
    private func correct(_ item: Item, there: [JSONValue]) throws(SinkFailure) -> Bool {
        let window = item.row.window
        let same = there.filter { entity in
            guard let time = entity["phenomenonTime"]?.string.flatMap({ SensorThingsTime($0) }) else { return false }
            return time.start == window.start && time.end == window.end
        }.compactMap { entity in SensorThingsID(of: entity).map { ($0, entity) } }.sorted { $0.0 < $1.0 }
        guard let (id, entity) = same.first else { return false }
        for (extra, _) in same.dropFirst() {
            mayHaveArrived = true
            // Where we may not delete, it stays twice.
            _ = try service.exchange.send(
                HTTPRequest(.delete, service.get("Observations\(extra.inURL)").url), to: "delete an observation")
        }
        if let revision = entity["parameters"]?["revision"]?.integer, revision >= item.row.revision {
            outcomes[item.place] = .taken
            return true
        }
        mayHaveArrived = true
        let operation = "correct an observation"
        let response = try service.exchange.send(
            service.request(.patch, "Observations\(id.inURL)", item.observation.correction), to: operation)
        if response.status == 404 || response.status == 410 { return false }
        guard let failure = service.exchange.failure(response, operation) else {
            outcomes[item.place] = .taken
            return true
        }
        guard failure.kind == .refused || response.status == 409 || failure.kind == .tooLarge else { throw failure }
        outcomes[item.place] = .refused(failure.cause)
        return true
    }

    // MARK: - What is new

    /// - Returns: those that the server did not take, and what it said.
    private func create(_ items: [Item]) throws(SinkFailure) -> [(Item, String)] {
        if items.isEmpty { return [] }
        guard takesMany else { return try createOneByOne(items) }
        var groups: [SensorThingsStream: [Item]] = [:]
        var order: [SensorThingsStream] = []
        for item in items {
            if groups[item.stream] == nil { order.append(item.stream) }
            groups[item.stream, default: []].append(item)
        }
        let sent = order.flatMap { groups[$0] ?? [] }
        let body = order.compactMap { stream in
            datastreams[stream.name].map {
                SensorThingsDataArray.group(
                    (groups[stream] ?? []).map(\.row), datastream: $0.id.reference,
                    featureOfInterest: $0.featureOfInterest, ids: ids)
            }
        }
        let operation = "create observations"
        let response = try sendObservations(service.request(.post, "CreateObservations", .array(body)), operation)
        if [404, 405, 501].contains(response.status) {
            takesMany = false
            return try createOneByOne(items)
        }
        if let failure = service.exchange.failure(response, operation) { throw failure }
        mayHaveArrived = true
        let answer = try service.exchange.json(response, operation, mayHaveArrived: true)
        guard let results = answer.array, results.count == sent.count else {
            throw service.exchange.strange(
                "it answers \(response.status) with \(answer.array.map { "\($0.count) results" } ?? "no results") for \(sent.count) observations",
                operation, mayHaveArrived: true)
        }
        var errors: [(Item, String)] = []
        for (item, result) in zip(sent, results) {
            // Source: OGC 18-088, 13.2: a link, or a text that begins with `error`. Without metadata a link is empty.
            let text = result.string ?? result.text
            if result.string == nil || text.lowercased().hasPrefix("error") {
                errors.append((item, text))
            } else {
                outcomes[item.place] = .taken
            }
        }
        return errors
    }

    private func sendObservations(_ request: HTTPRequest, _ operation: String) throws(SinkFailure) -> HTTPResponse {
        do throws(SinkFailure) {
            let response = try service.exchange.send(request, to: operation)
            if service.exchange.failure(response, operation)?.mayHaveArrived == true { mayHaveArrived = true }
            return response
        } catch {
            mayHaveArrived = mayHaveArrived || error.mayHaveArrived
            throw error
        }
    }

    private func createOneByOne(_ items: [Item]) throws(SinkFailure) -> [(Item, String)] {
        var errors: [(Item, String)] = []
        for item in items {
            guard let datastream = datastreams[item.stream.name] else { continue }
            var members: [JSONValue.Member] = [
                .init("phenomenonTime", .string(item.observation.phenomenonTime)),
                .init("result", item.observation.result), .init("parameters", item.observation.parameters),
                .init("resultQuality", item.observation.resultQuality), .init("Datastream", datastream.id.reference),
            ]
            if let feature = datastream.featureOfInterest {
                members.append(.init("FeatureOfInterest", feature.reference))
            }
            if ids == .client { members.append(.init("@iot.id", item.observation.clientID)) }
            let operation = "create an observation"
            let response = try sendObservations(service.request(.post, "Observations", .object(members)), operation)
            guard let failure = service.exchange.failure(response, operation) else {
                mayHaveArrived = true
                outcomes[item.place] = .taken
                continue
            }
            guard [400, 404, 409, 410, 413, 422].contains(response.status) else { throw failure }
            errors.append((item, failure.cause))
        }
        return errors
    }
}
