import CCurl
import Glibc

/// What libcurl says of a request that got no answer, in words for a technician.
struct HTTPFailure {
    private let handle: UnsafeMutableRawPointer
    private let code: CURLcode
    /// libcurl's, or OpenSSL's.
    private let words: String
    private let address: HTTPAddress
    private let options: HTTPOptions

    init(
        _ handle: UnsafeMutableRawPointer, _ code: CURLcode, words: String, address: HTTPAddress, options: HTTPOptions
    ) {
        self.handle = handle
        self.code = code
        self.words = words.isEmpty ? String(cString: poort_curl_words(code)) : words
        self.address = address
        self.options = options
    }

    static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var error: HTTPError {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: unresolved
        case CURLE_COULDNT_CONNECT: unconnected
        case CURLE_OPERATION_TIMEDOUT: timedOut
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
            CURLE_USE_SSL_FAILED:
            made(.tls, words, hint: tlsHint)
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE:
            made(.unusable, words, hint: "look at \(files): PEM, belonging together, the key without a passphrase")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            made(
                .malformed, "what it answers is no HTTP (\(words))",
                hint: "\(hintOfPort), and is the url the right one?",
                mayHaveArrived: true)
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND,
            CURLE_HTTP2, CURLE_HTTP2_STREAM:
            cutOff
        // What libcurl says of a header that is longer than it takes.
        case CURLE_OUT_OF_MEMORY where wasSent: .tooManyHeaders(address.server)
        case CURLE_ABORTED_BY_CALLBACK: .cancelled(address.server, mayHaveArrived: wasSent)
        case CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN:
            made(
                .unusable, "libcurl \(String(cString: poort_curl_version())) does not know what it is told",
                hint: "7.87 or newer is needed")
        default: made(.unusable, words, mayHaveArrived: wasSent)
        }
    }

    private func made(
        _ kind: HTTPError.Kind, _ cause: String, hint: String = "", mayHaveArrived: Bool = false
    ) -> HTTPError {
        HTTPError(kind, server: address.server, cause: cause, hint: hint, mayHaveArrived: mayHaveArrived)
    }

    /// Whether a byte of a request has left. libcurl counts one to a proxy with it.
    private var wasSent: Bool { poort_curl_number(handle, CURLINFO_REQUEST_SIZE) > 0 }

    private var files: String {
        [options.caFile, options.certificateFile, options.keyFile].compactMap { $0 }.joined(separator: ", ")
    }

    private var unresolved: HTTPError {
        let name = code == CURLE_COULDNT_RESOLVE_PROXY ? "the proxy's name" : "the name"
        return made(
            .resolve, "\(name) does not resolve",
            hint: "is it spelled right, and does this machine reach its name server? `getent hosts NAME` asks the same")
    }

    private var unconnected: HTTPError {
        let number = Int32(truncatingIfNeeded: poort_curl_number(handle, CURLINFO_OS_ERRNO))
        let cause = number == 0 ? words : String(cString: strerror(number))
        let through = options.proxy == nil ? "" : "through the proxy: "
        return made(
            .connect, through + cause,
            hint: number == ECONNREFUSED
                ? "nothing listens there: does the server run, and is the port right?"
                : "is the network up, and does a firewall stand between?")
    }

    private var timedOut: HTTPError {
        func seconds(_ milliseconds: Int) -> String { "\(Double(milliseconds) / 1000) s" }
        if wasSent {
            let isSlow = words.contains("too slow")
            return made(
                .timeout,
                isSlow
                    ? "it answers too slowly, or not at all: fewer than \(options.leastBytesPerSecond) bytes a second for \(options.slowSeconds) s"
                    : "no whole answer within \(seconds(options.totalMilliseconds))",
                hint: "the server is overloaded or hangs, or the line is too slow for so much at a time",
                mayHaveArrived: true)
        }
        let limit = seconds(min(options.connectMilliseconds, options.totalMilliseconds))
        if poort_curl_offset(handle, CURLINFO_NAMELOOKUP_TIME_T) == 0 {
            return made(
                .timeout, "the name did not resolve within \(limit)",
                hint: "does this machine reach its name server? `getent hosts NAME` asks the same")
        }
        if poort_curl_offset(handle, CURLINFO_CONNECT_TIME_T) == 0 {
            return made(
                .timeout, "no connection within \(limit)",
                hint: "is the network up, does a firewall swallow it, and is the address right?")
        }
        return made(.timeout, "connected, but no TLS within \(limit)", hint: "\(hintOfPort), or does the server hang?")
    }

    private var cutOff: HTTPError {
        let connectAnswer = poort_curl_number(handle, CURLINFO_HTTP_CONNECTCODE)
        if connectAnswer >= 300 {
            return made(
                .connect, "the proxy does not let it through: it answers \(connectAnswer)",
                hint: "look at proxy, and at the proxy's own rules")
        }
        // TLS 1.3 tells only after the handshake that the certificate is missing or unwanted, before it looks at the request.
        if words.contains("alert") && words.contains("certificate") || words.contains("alert unknown ca") {
            return made(.tls, words, hint: certificateHint)
        }
        let silent = code == CURLE_GOT_NOTHING
        return made(
            .reset, silent ? "the server hung up without an answer" : "cut off before the answer was whole (\(words))",
            hint: address.isEncrypted && options.certificateFile == nil
                ? "does the server restart, or want a client certificate?"
                : "does the server restart, or a proxy before it?",
            mayHaveArrived: wasSent)
    }

    private var hintOfPort: String {
        address.isEncrypted
            ? "does it speak TLS at port \(address.port)" : "does it want https:// at port \(address.port)"
    }

    private var certificateHint: String {
        options.certificateFile == nil
            ? "the server wants a client certificate: set certificate_file and key_file"
            : "the server does not take the client certificate \(options.certificateFile ?? "")"
    }

    /// Source: openssl-verify(1), X509_V_ERR_*.
    private var tlsHint: String {
        if words.contains("certificate subject name") {
            return
                "its certificate is for another name: set url to that name, or give the server a certificate for \(address.host)"
        }
        let authorities = options.caFile.map { "ca_file (\($0))" } ?? "the system's authorities; set ca_file"
        switch poort_curl_number(handle, CURLINFO_SSL_VERIFYRESULT) {
        case 9: return "its certificate is not valid yet: is this machine's clock right?"
        case 10: return "its certificate has expired: it must renew it; or is this machine's clock wrong?"
        case 18: return "it signed its certificate itself: set ca_file to that certificate if it is the right server"
        case 19, 20, 21: return "its certificate is not signed by \(authorities)"
        default: break
        }
        if words.contains("wrong version number") || words.contains("record layer") {
            return "it does not speak TLS at port \(address.port): is it http://?"
        }
        if words.contains("unsupported protocol") || words.contains("protocol version") {
            return "it speaks no TLS as new as 1.2"
        }
        if words.contains("alert") { return certificateHint }
        return "look at ca_file, certificate_file and key_file"
    }
}

extension HTTPError {
    static func tooManyHeaders(_ server: String) -> HTTPError {
        HTTPError(
            .malformed, server: server, cause: "its answer has too many headers, or too long ones",
            hint: "is the url the right one?", mayHaveArrived: true)
    }

    static func cancelled(_ server: String, mayHaveArrived: Bool = false) -> HTTPError {
        HTTPError(
            .cancelled, server: server, cause: "given up, because poort stops", mayHaveArrived: mayHaveArrived)
    }
}
