import Compression
public import HTTP
public import Telemetry

/// InfluxDB's line protocol over HTTP, which VictoriaMetrics, QuestDB and Telegraf take as well.
///
/// A line is a window: the quantity as measurement, what is known of the series as tags, each shared figure and the revision
/// as fields, the window's start as time. InfluxDB replaces a line by a later one of the same series and time, so that a
/// correction takes the place of what it corrects.
public final class LineProtocolSink: Sink {
    public let traits: SinkTraits
    private let options: LineProtocolOptions
    private let address: HTTPAddress
    private let exchange: any HTTPExchange
    private let clock: () -> Timestamp
    private var writer: LineProtocolWriter
    private let gzip: Gzip?
    private var body: [UInt8] = []

    /// - Parameters:
    ///   - exchange: this sink's own.
    ///   - clock: what a server's wish to be asked again at some date is measured by.
    /// - Throws: `misconfigured` where the url cannot be one.
    public init(
        _ options: LineProtocolOptions, exchange: any HTTPExchange, clock: @escaping () -> Timestamp = Timestamp.now
    ) throws(SinkFailure) {
        var (address, precision) = try LineProtocolSink.read(options)
        address.setQueryValue(
            of: "precision", to: precision.spelling(isSecondVersion: address.path.hasSuffix("/api/v2/write")))
        self.address = address
        self.options = options
        self.exchange = exchange
        self.clock = clock
        writer = LineProtocolWriter(precision, options.correction)
        gzip = options.isCompressed ? Gzip() : nil
        traits = SinkTraits(mostRows: options.mostRows, isIdempotent: options.isIdempotent)
    }

    private static func read(
        _ options: LineProtocolOptions
    ) throws(SinkFailure) -> (HTTPAddress, LineProtocolPrecision) {
        let address: HTTPAddress
        do throws(HTTPError) {
            address = try HTTPAddress(options.url)
        } catch {
            throw SinkFailure(error, operation: "write")
        }
        func complaint(_ cause: String, _ hint: String) -> SinkFailure {
            SinkFailure(.misconfigured, operation: "write", place: address.server, cause: cause, hint: hint)
        }
        if let item = address.queryItems.first(where: { HTTPAddress.isSecret($0.name) }) {
            throw complaint(
                "the url holds a credential, \(item.name)",
                "take it out, and give it by token_file, or by username and password_file")
        }
        let text = address.queryValue(of: "precision") ?? "ms"
        guard let precision = LineProtocolPrecision(text) else {
            throw complaint("the url's precision \(text.debugDescription) is none", "write s, ms, us or ns")
        }
        if precision == .seconds, options.correction == .follows {
            throw complaint("with precision=s a correction cannot lie behind what it corrects", "write ms, us or ns")
        }
        return (address, precision)
    }

    public func resume(at bookmark: String?) {}

    public func disconnect() { exchange.disconnect() }

    public func cancel() { exchange.cancellation.cancel() }

    public func deliver(_ rows: [SharedAggregate]) throws(SinkFailure) -> Delivery {
        let lines = writer.write(rows)
        if let gzip {
            gzip.compress(lines, into: &body)
        } else {
            body.removeAll(keepingCapacity: true)
            body.append(contentsOf: lines)
        }
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try exchange.send(request(body))
        } catch {
            throw SinkFailure(error, operation: "write")
        }
        let failure = SinkFailure(
            response, operation: "write", server: address.server, authorization: options.authorization, now: clock())
        guard var failure else { return .allTaken }
        guard failure.kind == .refused || response.status == 500, let refusal = LineProtocolRefusal(response) else {
            throw failure
        }
        switch refusal {
        case .notNow:
            failure.kind = .unavailable
        case .misconfigured(let hint):
            failure.kind = .misconfigured
            failure.hint = hint
        case .dropped(let count) where count >= rows.count && failure.kind == .refused:
            return Delivery(rows.map { _ in .refused(failure.cause) })
        case .dropped:
            break
        }
        throw failure
    }

    public func preview(_ rows: [SharedAggregate]) -> String {
        let head = (try? request([]).shown()) ?? ""
        return "\(head)\n\(String(decoding: writer.write(rows), as: UTF8.self))"
    }

    private func request(_ body: [UInt8]) -> HTTPRequest {
        var headers = [HTTPRequest.Header("Content-Type", "text/plain; charset=utf-8")]
        if options.isCompressed { headers.append(HTTPRequest.Header("Content-Encoding", "gzip")) }
        if let header = options.authorization.header { headers.append(header) }
        return HTTPRequest(.post, address.url, headers: headers, body: body)
    }
}
