import CCurl
import Secrets

/// A request's headers as libcurl wants them. Secrets are put together here, just before they are sent.
final class HTTPHeaderList {
    private var list: UnsafeMutablePointer<curl_slist>?

    /// - Throws: where a name or value cannot stand in a header; shows neither.
    init(of request: HTTPRequest, to address: HTTPAddress) throws(HTTPError) {
        // libcurl's own, which nobody asked for.
        append("Expect:")
        let names = request.headers.map { $0.name.lowercased() }
        if !names.contains("content-type") { append("Content-Type:") }
        for header in request.headers {
            let value = HTTPHeaderList.text(of: header)
            guard HTTPHeaderList.isName(header.name), HTTPHeaderList.isValue(value) else {
                throw HTTPError(
                    .unusable, server: address.server,
                    cause: "the header \(header.name.debugDescription) cannot be sent",
                    hint: "its value holds a line break or another control character: look at the file it comes from")
            }
            append(value.isEmpty ? "\(header.name);" : "\(header.name): \(value)")
        }
    }

    deinit { if let list { poort_curl_free_list(list) } }

    func attach(to handle: UnsafeMutableRawPointer) {
        poort_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list)
    }

    private func append(_ line: String) {
        if let longer = poort_curl_append(list, line) { list = longer }
    }

    private static func text(of header: HTTPRequest.Header) -> String {
        switch header.value {
        case .text(let text): text
        case .secret(let scheme, let secret): scheme.isEmpty ? secret.text : "\(scheme) \(secret.text)"
        }
    }

    /// Source: RFC 9110, 5.6.2.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Source: RFC 9110, 5.5.
    private static func isValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
