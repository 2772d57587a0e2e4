import CCurl

/// What one request has sent and received so far. libcurl's callbacks work on it, on the thread that sends.
final class HTTPTransfer {
    /// An answer's headers are no more than so many, and hold no more bytes than the next.
    static let mostHeaders = 200
    static let longestHeaders = 1 << 16

    private let longestAnswer: Int
    private let cancellation: HTTPCancellation
    /// Lent for the time of the request.
    private var outgoing: UnsafeRawBufferPointer
    private(set) var status = 0
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var body: [UInt8] = []
    private(set) var isCut = false
    private(set) var hasTooManyHeaders = false
    /// Whether the empty line came that ends them; libcurl takes the end of the connection for it as well.
    private(set) var hasAllHeaders = false
    private var headerBytes = 0

    init(sending body: UnsafeRawBufferPointer, longestAnswer: Int, cancellation: HTTPCancellation) {
        outgoing = body
        self.longestAnswer = longestAnswer
        self.cancellation = cancellation
    }

    var response: HTTPResponse { HTTPResponse(status: status, headers: headers, body: body, isCut: isCut) }

    /// Sets the callbacks. The transfer must live until the request has ended.
    func attach(to handle: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        poort_curl_set_pointer(handle, CURLOPT_READDATA, context)
        poort_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        poort_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        poort_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
        poort_curl_set_transfer(handle, CURLOPT_READFUNCTION) { bytes, size, count, context in
            guard let bytes, let transfer = HTTPTransfer.from(context) else { return 0 }
            return transfer.give(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
        poort_curl_set_transfer(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let transfer = HTTPTransfer.from(context) else { return 0 }
            return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        poort_curl_set_transfer(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let transfer = HTTPTransfer.from(context) else { return 0 }
            return transfer.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        poort_curl_set_progress(handle) { context, _, _, _, _ in
            HTTPTransfer.from(context)?.cancellation.isCancelled == true ? 1 : 0
        }
        // When a kept connection ends under a request, libcurl would send it anew by itself. The server may have done what
        // it asks, and whether it may be asked twice is not libcurl's to say. Without rewinding it cannot.
        poort_curl_set_seek(handle) { _, _, _ in CURL_SEEKFUNC_FAIL }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer? {
        context.map { Unmanaged<HTTPTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, outgoing.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: outgoing[0..<count]))
        outgoing = UnsafeRawBufferPointer(rebasing: outgoing[count...])
        return count
    }

    /// - Returns: how much was taken; less than there is ends the transfer.
    private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        let room = longestAnswer - body.count
        body.append(contentsOf: bytes.prefix(room))
        isCut = bytes.count > room
        return isCut ? 0 : bytes.count
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        headerBytes += bytes.count
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // The answer's, which follows those that only say that it will come.
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            headers.removeAll()
            hasAllHeaders = false
        } else if bytes.first == UInt8(ascii: "\r") || bytes.first == UInt8(ascii: "\n") {
            hasAllHeaders = true
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[colon...].dropFirst()
            headers.append((String(line[..<colon]), HTTPTransfer.trimmed(value)))
        }
        hasTooManyHeaders =
            headers.count > HTTPTransfer.mostHeaders || headerBytes > HTTPTransfer.longestHeaders
        return hasTooManyHeaders ? 0 : bytes.count
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
