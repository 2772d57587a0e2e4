public import HTTP
public import Telemetry

/// A feature layer of ArcGIS: a feature for each window, whose GlobalID is made from its key.
///
/// New windows are added and corrections are updates. An add of what is there becomes an update, and an update of what is not
/// there an add, at once: so what is sent twice is there once. Source: Esri, REST API, Apply Edits (Feature Service/Layer).
public final class ArcGISSink: Sink {
    public let traits: SinkTraits
    private let options: ArcGISOptions
    /// Of the layer, without a slash at its end.
    private let url: String
    private let exchange: SinkExchange
    private let tokens: ArcGISTokens
    /// Nil until it was asked.
    private var layer: ArcGISLayer?

    /// - Parameters:
    ///   - exchange: this sink's own.
    ///   - clock: what the life of tokens is measured by, and a server's wish to be asked again at some date.
    /// - Throws: `misconfigured` where the url cannot be one.
    public init(
        _ options: ArcGISOptions, exchange: any HTTPExchange,
        clock: @escaping () -> Timestamp = Timestamp.now
    ) throws(SinkFailure) {
        let address = try SinkExchange.address(options.url, "find the layer")
        var url = address.url
        while url.hasSuffix("/") { url.removeLast() }
        if url.hasSuffix("/applyEdits") { url.removeLast("/applyEdits".count) }
        self.url = url
        self.options = options
        self.exchange = SinkExchange(
            exchange, server: address.server, clock: clock)
        tokens = ArcGISTokens(options.credentials, exchange: self.exchange)
        traits = SinkTraits(mostRows: options.mostRows, isIdempotent: true)
    }

    /// The layer may have been made anew.
    public func resume(at bookmark: String?) { layer = nil }

    public func disconnect() { exchange.disconnect() }

    public func cancel() { exchange.cancel() }

    public func deliver(_ rows: [SharedAggregate]) throws(SinkFailure) -> Delivery {
        let newest = NewestRevisions(rows)
        var outcomes: [Int: Delivery.Outcome] = [:]
        var adds: [Int] = []
        var updates: [Int] = []
        let first = try apply(
            newest.kept.filter { rows[$0].revision == 1 }, newest.kept.filter { rows[$0].revision > 1 }, of: rows)
        for (place, error) in first {
            let isNew = rows[place].revision == 1
            switch error {
            case nil: outcomes[place] = .taken
            case let error? where isNew && error.isOfPresent && !error.isForNow: updates.append(place)
            case let error? where !isNew && error.isOfAbsent && !error.isForNow: adds.append(place)
            case let error?: outcomes[place] = error.outcome
            }
        }
        if adds.isEmpty, updates.isEmpty { return newest.delivery(outcomes) }
        do throws(SinkFailure) {
            for (place, error) in try apply(adds.sorted(), updates.sorted(), of: rows) {
                guard let error else {
                    outcomes[place] = .taken
                    continue
                }
                // Why it failed at first says more than why the other way failed.
                outcomes[place] = error.isForNow ? error.outcome : (first[place] ?? error)?.outcome
            }
        } catch {
            guard outcomes.values.contains(.taken) else { throw error }
            for place in adds + updates { outcomes[place] = .again(error.cause) }
        }
        return newest.delivery(outcomes)
    }

    private func form(_ adds: [Int], _ updates: [Int], of rows: [SharedAggregate]) -> ArcGISForm {
        var form = ArcGISForm.json
        form.add("useGlobalIds", "true")
        form.add("rollbackOnFailure", "false")
        for (name, places) in [("adds", adds), ("updates", updates)] where !places.isEmpty {
            form.add(name, JSONValue.array(places.map { ArcGISFeature(row: rows[$0]).json(layer ?? .usual) }).text)
        }
        return form
    }

    /// - Returns: of each row what was wrong with it; nil where it was taken.
    private func apply(
        _ adds: [Int], _ updates: [Int], of rows: [SharedAggregate]
    ) throws(SinkFailure) -> [Int: ArcGISError?] {
        if layer == nil { layer = try readLayer() }
        let operation = "apply edits"
        let answer = try send(form(adds, updates, of: rows), to: "\(url)/applyEdits", operation, isOfRows: true)
        if let error = answer["error"] {
            throw ArcGISError(error).failure(server: exchange.server, operation: operation)
        }
        var errors: [Int: ArcGISError?] = [:]
        for (name, places) in [("addResults", adds), ("updateResults", updates)] where !places.isEmpty {
            guard let results = answer[name]?.array, results.count == places.count else {
                throw exchange.strange(
                    "it answers with \(answer[name]?.array?.count ?? 0) \(name) for \(places.count) features",
                    operation,
                    mayHaveArrived: true)
            }
            for (place, result) in zip(ordered(places, by: results, of: rows), results) {
                let error = result["success"]?.boolean == true ? nil : ArcGISError(result["error"])
                if let error, error.isOfLayer {
                    layer = nil
                    throw error.failure(server: exchange.server, operation: operation)
                }
                errors[place] = .some(error)
            }
        }
        return errors
    }

    /// Which row each result is of: by its GlobalID where all have one of ours, and else in the order of the request.
    private func ordered(_ places: [Int], by results: [JSONValue], of rows: [SharedAggregate]) -> [Int] {
        let ids = Dictionary(places.map { (ArcGISFeature(row: rows[$0]).globalID, $0) }) { first, _ in first }
        let found = results.compactMap { result in
            result["globalId"]?.string.flatMap { ids[$0.uppercased().filter { $0 != "{" && $0 != "}" }] }
        }
        return Set(found).count == places.count ? found : places
    }

    /// Asks what the layer calls its fields. By POST, so that the token is in no url.
    private func readLayer() throws(SinkFailure) -> ArcGISLayer {
        let operation = "read the layer"
        let answer = try send(.json, to: url, operation, isOfRows: false)
        if let error = answer["error"] {
            var failure = ArcGISError(error).failure(server: exchange.server, operation: operation)
            if failure.kind == .refused || failure.kind == .tooLarge { failure.kind = .misconfigured }
            failure.mayHaveArrived = false
            throw failure
        }
        func complaint(_ cause: String, _ hint: String) -> SinkFailure {
            SinkFailure(.misconfigured, operation: operation, place: exchange.server, cause: cause, hint: hint)
        }
        guard answer["fields"]?.array != nil else {
            throw complaint("it describes no layer", "the url must lead to a layer: …/FeatureServer/0")
        }
        guard let layer = ArcGISLayer(answer) else {
            throw complaint("the layer has no GlobalID field", "add one, and a unique index on it")
        }
        guard layer.missing.isEmpty else {
            throw complaint(
                "the layer has no field \(layer.missing.joined(separator: ", "))",
                "Docs/partners/arcgis.md has a list of all fields")
        }
        return layer
    }

    /// A token that was asked for, and is not taken any more, is asked for again, once.
    private func send(
        _ form: ArcGISForm, to url: String, _ operation: String, isOfRows: Bool
    ) throws(SinkFailure) -> JSONValue {
        let answer = try sendOnce(form, to: url, operation, isOfRows: isOfRows)
        guard ArcGISError(answer["error"]).isOfToken, tokens.isRenewable else { return answer }
        tokens.forget()
        return try sendOnce(form, to: url, operation, isOfRows: isOfRows)
    }

    private func sendOnce(
        _ form: ArcGISForm, to url: String, _ operation: String, isOfRows: Bool
    ) throws(SinkFailure) -> JSONValue {
        var form = form
        if let token = try tokens.token() { form.add("token", token) }
        do throws(SinkFailure) {
            let response = try exchange.sendAndCheck(form.request(url), to: operation, isOfRows: isOfRows)
            return try exchange.json(response, operation, mayHaveArrived: isOfRows)
        } catch {
            var failure = error
            failure.mayHaveArrived = failure.mayHaveArrived && isOfRows
            throw failure
        }
    }

    public func preview(_ rows: [SharedAggregate]) -> String {
        let newest = NewestRevisions(rows)
        var form = form(
            newest.kept.filter { rows[$0].revision == 1 }, newest.kept.filter { rows[$0].revision > 1 }, of: rows)
        switch options.credentials {
        case .none: break
        case .token(let token): form.add("token", token)
        case .app(_, _, let secret), .account(_, _, let secret): form.add("token", secret)
        }
        return ((try? form.request("\(url)/applyEdits").shown()) ?? "") + "\n" + form.shown
    }
}
