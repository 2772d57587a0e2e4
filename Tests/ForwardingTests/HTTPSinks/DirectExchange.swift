import Forwarding
import HTTP
import Secrets
import TestKit

/// A client and a server without a wire between them: the server's closure is called in place.
final class DirectExchange: HTTPExchange {
    private let handler: SmallHTTPServer.Handler
    let cancellation: HTTPCancellation

    init(_ cancellation: HTTPCancellation = HTTPCancellation(), _ handler: @escaping SmallHTTPServer.Handler) {
        self.cancellation = cancellation
        self.handler = handler
    }

    func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        let address = try HTTPAddress(request.url)
        func lost(_ kind: HTTPError.Kind, _ mayHaveArrived: Bool) -> HTTPError {
            HTTPError(kind, server: address.server, cause: "no answer", mayHaveArrived: mayHaveArrived)
        }
        if cancellation.isCancelled { throw lost(.cancelled, false) }
        let headers = request.headers.map { header in
            switch header.value {
            case .text(let text): SmallHTTPServer.Request.Header(name: header.name, value: text)
            case .secret(let scheme, let secret):
                SmallHTTPServer.Request.Header(name: header.name, value: "\(scheme) \(secret.text)")
            }
        }
        let response = handler(
            SmallHTTPServer.Request(
                method: request.method.rawValue, target: address.target, headers: headers, body: request.body))
        if response.status == DirectExchange.unreachable { throw lost(.connect, false) }
        if response.cut != .none { throw lost(.reset, true) }
        return HTTPResponse(
            status: response.status, headers: response.headers.map { ($0.name, $0.value) }, body: response.body)
    }

    func disconnect() {}

    /// A status that stands for no connection.
    static let unreachable = 599
}
