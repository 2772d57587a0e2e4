import HTTP
import Telemetry

/// Requests of a sink to its server: whatever is no answer, or no JSON where JSON is wanted, becomes a ``SinkFailure``.
final class SinkExchange {
    /// `host:port`.
    let server: String
    private let exchange: any HTTPExchange
    private let authorization: HTTPAuthorization
    private let clock: () -> Timestamp

    init(
        _ exchange: any HTTPExchange, server: String, authorization: HTTPAuthorization = .none,
        clock: @escaping () -> Timestamp
    ) {
        self.exchange = exchange
        self.server = server
        self.authorization = authorization
        self.clock = clock
    }

    var now: Timestamp { clock() }

    /// With the header that says who we are.
    func signed(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        if let header = authorization.header { request.headers.append(header) }
        return request
    }

    /// - Returns: the answer, whatever its status.
    func send(_ request: HTTPRequest, to operation: String) throws(SinkFailure) -> HTTPResponse {
        do throws(HTTPError) {
            return try exchange.send(signed(request))
        } catch {
            throw SinkFailure(error, operation: operation)
        }
    }

    /// The answer, if it is a success.
    func sendAndCheck(
        _ request: HTTPRequest, to operation: String, isOfRows: Bool = true
    ) throws(SinkFailure) -> HTTPResponse {
        let response = try send(request, to: operation)
        if let failure = failure(response, operation, isOfRows: isOfRows) { throw failure }
        return response
    }

    /// What an answer means that is no success; nil where it is one.
    /// - Parameter isOfRows: whether the request held rows, or what is made of them. Where not, no row is to be set aside for it.
    func failure(_ response: HTTPResponse, _ operation: String, isOfRows: Bool = true) -> SinkFailure? {
        guard
            var failure = SinkFailure(
                response, operation: operation, server: server, authorization: authorization, now: clock())
        else { return nil }
        if !isOfRows, failure.kind == .refused || failure.kind == .tooLarge { failure.kind = .misconfigured }
        return failure
    }

    /// The JSON of an answer.
    /// - Parameter mayHaveArrived: whether the request asked to change something.
    func json(
        _ response: HTTPResponse, _ operation: String, mayHaveArrived: Bool
    ) throws(SinkFailure) -> JSONValue {
        if response.isCut {
            throw strange(
                "its answer is longer than \(response.body.count) bytes", operation, mayHaveArrived: mayHaveArrived)
        }
        do throws(JSONReader.Failure) {
            return try JSONReader.read(response.body)
        } catch {
            let said = response.words.map { "in \($0)" } ?? "an empty answer"
            throw strange(
                "it answers \(response.status), but \(error): \(said)", operation, mayHaveArrived: mayHaveArrived)
        }
    }

    /// An answer that no such server gives.
    func strange(_ cause: String, _ operation: String, mayHaveArrived: Bool) -> SinkFailure {
        SinkFailure(
            .misconfigured, operation: operation, place: server, cause: cause,
            hint: "does the url lead to the server itself, and to no login page or proxy?",
            mayHaveArrived: mayHaveArrived)
    }

    func disconnect() { exchange.disconnect() }

    func cancel() { exchange.cancellation.cancel() }

    /// An address that may be used and shown.
    /// - Throws: `misconfigured` where the url is none, or holds a credential.
    static func address(_ url: String, _ operation: String) throws(SinkFailure) -> HTTPAddress {
        let address: HTTPAddress
        do throws(HTTPError) {
            address = try HTTPAddress(url)
        } catch {
            throw SinkFailure(error, operation: operation)
        }
        if let item = address.queryItems.first(where: { HTTPAddress.isSecret($0.name) }) {
            throw SinkFailure(
                .misconfigured, operation: operation, place: address.server,
                cause: "the url holds a credential, \(item.name)", hint: "take it out, and give it by token_file")
        }
        return address
    }
}
