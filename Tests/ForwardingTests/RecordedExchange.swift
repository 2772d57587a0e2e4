import Forwarding
import HTTP

/// Keeps what is sent and answers what it is told to.
final class RecordedExchange: HTTPExchange {
    var requests: [HTTPRequest] = []
    var answer: Result<HTTPResponse, HTTPError> = .success(HTTPResponse(status: 204))
    var disconnections = 0

    func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        requests.append(request)
        return try answer.get()
    }

    func disconnect() { disconnections += 1 }
    let cancellation = HTTPCancellation()
}
