import CCurl
import Glibc

/// A client over libcurl: HTTP/1.1 with connections that are kept, HTTP/2 where a server offers it over TLS.
///
/// Redirects are answers like any other. Cookies, `.netrc`, and what the environment says about proxies play no part. A
/// server's certificate and name are always checked. One thread, which it blocks; ``cancellation`` serves the others.
public final class HTTPClient: HTTPExchange {
    public let options: HTTPOptions
    /// For ending a request from another thread.
    public let cancellation: HTTPCancellation
    private var handle: UnsafeMutableRawPointer?

    /// Loads libcurl when it is the first; connects to nobody yet.
    /// - Throws: `unusable` when libcurl is not there, a file cannot be read, or the proxy is no url.
    public init(
        _ options: HTTPOptions = HTTPOptions(), cancellation: HTTPCancellation = HTTPCancellation()
    ) throws(HTTPError) {
        self.options = options
        self.cancellation = cancellation
        if let cause = poort_curl_load() {
            throw HTTPError(
                .unusable, server: "any server", cause: "libcurl cannot be used: \(String(cString: cause))",
                hint: "install it: apt-get install libcurl4")
        }
        // OpenSSL writes without MSG_NOSIGNAL: a server that hangs up must not end the process.
        signal(SIGPIPE, SIG_IGN)
        for file in [options.caFile, options.certificateFile, options.keyFile].compactMap({ $0 })
        where access(file, R_OK) != 0 {
            throw HTTPError(
                .unusable, server: "any server", cause: "cannot read \(file): \(String(cString: strerror(errno)))",
                hint: "the file must be there, and readable for the user that poort runs as")
        }
        if let proxy = options.proxy { _ = try HTTPAddress(proxy) }
    }

    deinit { disconnect() }

    public func disconnect() {
        if let handle { poort_curl_destroy(handle) }
        handle = nil
    }

    /// Sends a request and waits for the answer, for ``HTTPOptions/totalMilliseconds`` at most.
    /// - Returns: the answer, whatever its status.
    /// - Throws: where none came, or only a part of one.
    public func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        let address = try HTTPAddress(request.url)
        if cancellation.isCancelled { throw .cancelled(address.server) }
        let handle = try readyHandle(for: address)
        let headers = try HTTPHeaderList(of: request, to: address)
        // Nothing that is lent to it below may stay in it, where closing a connection could use it.
        defer { poort_curl_reset(handle) }
        var words = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let outcome = request.body.withUnsafeBytes { body in
            words.withUnsafeMutableBufferPointer { words in
                let transfer = HTTPTransfer(
                    sending: body, longestAnswer: options.longestAnswer, cancellation: cancellation)
                return withExtendedLifetime((transfer, headers)) { () -> (HTTPTransfer, CURLcode) in
                    poort_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, words.baseAddress)
                    transfer.attach(to: handle)
                    headers.attach(to: handle)
                    let setting = setOptions(handle, for: request, to: address)
                    let code = setting == CURLE_OK ? poort_curl_perform(handle) : setting
                    poort_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, nil)
                    return (transfer, code)
                }
            }
        }
        let (transfer, code) = outcome
        if code == CURLE_OK || (code == CURLE_WRITE_ERROR && transfer.isCut) {
            return try answer(of: transfer, from: address)
        }
        if transfer.hasTooManyHeaders { throw .tooManyHeaders(address.server) }
        throw HTTPFailure(handle, code, words: HTTPFailure.text(words), address: address, options: options).error
    }

    private func answer(of transfer: HTTPTransfer, from address: HTTPAddress) throws(HTTPError) -> HTTPResponse {
        guard transfer.hasAllHeaders else {
            throw HTTPError(
                .reset, server: address.server, cause: "cut off within the headers of the answer", mayHaveArrived: true)
        }
        guard (200...599).contains(transfer.status) else {
            throw HTTPError(
                .malformed, server: address.server, cause: "its answer has no status that HTTP knows",
                hint: "is the url the right one?", mayHaveArrived: true)
        }
        return transfer.response
    }

    /// An easy handle with its connections, and no options.
    private func readyHandle(for address: HTTPAddress) throws(HTTPError) -> UnsafeMutableRawPointer {
        if let handle { return handle }
        guard let made = poort_curl_make() else {
            throw HTTPError(.unusable, server: address.server, cause: "libcurl makes no handle: out of memory")
        }
        handle = made
        return made
    }
}
