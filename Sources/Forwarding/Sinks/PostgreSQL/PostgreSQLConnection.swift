import CPostgreSQL
import Glibc
import Secrets

/// One connection over libpq that is never waited for longer than was said. One thread.
///
/// Source: PostgreSQL documentation, 34.1 "Database Connection Control Functions", 34.4 "Asynchronous Command Processing".
final class PostgreSQLConnection {
    private let options: PostgreSQLOptions
    private let cancellation: Cancellation
    private let handle: OpaquePointer

    /// Connects.
    /// - Parameter address: of the server, in figures; nil for a unix socket.
    init(
        _ options: PostgreSQLOptions, address: String?, until deadline: Deadline, _ cancellation: Cancellation
    ) throws(SinkFailure) {
        self.options = options
        self.cancellation = cancellation
        var settings = PostgreSQLConnection.settings(options)
        if let address { settings.append(("hostaddr", address)) }
        guard let handle = PostgreSQLConnection.start(settings) else {
            throw SinkFailure(
                .unavailable, operation: "connect", place: options.address, cause: "the memory is used up")
        }
        self.handle = handle
        // Then SQLSTATE stands in the words, which libpq does not give for a connection otherwise.
        _ = poort_PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        _ = poort_PQsetNoticeProcessor(handle, { _, _ in }, nil)
        try complete(until: deadline)
        _ = poort_PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
        _ = poort_PQsetnonblocking(handle, 1)
    }

    deinit { poort_PQfinish(handle) }

    private static func settings(_ options: PostgreSQLOptions) -> [(String, String)] {
        let encryption = options.encryption ?? options.standardEncryption
        var settings = [
            ("host", options.host), ("port", "\(options.port)"), ("dbname", options.database), ("user", options.user),
            ("sslmode", encryption.rawValue), ("application_name", "poort"),
            ("client_encoding", "UTF8"), ("gssencmode", "disable"),
            // A connection that a firewall forgot between two windows is noticed before anything is sent over it.
            ("keepalives_idle", "60"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            // What is not said here must not come from somebody's home or environment.
            ("passfile", "/dev/null/none"), ("password", options.password?.text ?? ""),
        ]
        // libpq verifies by every authority that it is given, also where it need not.
        if let file = options.caFile ?? (encryption.isVerified ? systemAuthorities : nil) {
            settings.append(("sslrootcert", file))
        }
        if let file = options.certificateFile { settings.append(("sslcert", file)) }
        if let file = options.keyFile { settings.append(("sslkey", file)) }
        return settings
    }

    /// Debian's, for OpenSSL's users that want one file.
    private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    private static func start(_ settings: [(String, String)]) -> OpaquePointer? {
        let names: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0.0) }
        let values: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0.1) }
        defer { for pointer in names + values { free(pointer) } }
        let nameList = (names + [nil]).map { UnsafePointer($0) }
        let valueList = (values + [nil]).map { UnsafePointer($0) }
        return poort_PQconnectStartParams(nameList, valueList, 0)
    }

    private func complete(until deadline: Deadline) throws(SinkFailure) {
        var state = PGRES_POLLING_WRITING
        while poort_PQstatus(handle) != CONNECTION_BAD {
            let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
            switch cancellation.wait(for: poort_PQsocket(handle), Int16(events), until: deadline) {
            case .cancelled: throw Cancellation.failure("connect", place: options.address)
            case .timeUp:
                throw SinkFailure(
                    .unavailable, operation: "connect", place: options.address,
                    cause: "no answer in \(options.connectMilliseconds) ms")
            case .ready: break
            }
            state = poort_PQconnectPoll(handle)
            if state == PGRES_POLLING_OK { return }
            if state == PGRES_POLLING_FAILED { break }
        }
        throw PostgreSQLCondition.failedConnection(
            String(cString: poort_PQerrorMessage(handle)),
            lacksPassword: poort_PQconnectionNeedsPassword(handle) == 1 && options.password == nil,
            place: options.address)
    }

    /// Whether the server has hung up since the last statement.
    var isLost: Bool {
        var poller = pollfd(fd: poort_PQsocket(handle), events: Int16(POLLIN), revents: 0)
        // It may say something before it goes, which comes first.
        while poll(&poller, 1, 0) > 0 {
            if poort_PQconsumeInput(handle) == 0 { return true }
            while poort_PQisBusy(handle) == 0, let result = poort_PQgetResult(handle) { poort_PQclear(result) }
        }
        return poort_PQstatus(handle) == CONNECTION_BAD
    }

    /// Runs a statement and waits for its rows, as text; nil is NULL.
    /// - Throws: also when the time is over; the connection is of no use then.
    @discardableResult
    func run(
        _ statement: String, _ parameters: [[UInt8]] = [], as operation: String, until deadline: Deadline
    ) throws(SinkFailure) -> [[String?]] {
        try send(statement, parameters, as: operation)
        var isWritten = false
        while !isWritten || poort_PQisBusy(handle) == 1 {
            let left = isWritten ? 0 : poort_PQflush(handle)
            if left < 0 { throw lost(operation) }
            isWritten = left == 0
            if isWritten, poort_PQisBusy(handle) == 0 { break }
            let events = Int16(POLLIN) | (isWritten ? 0 : Int16(POLLOUT))
            switch cancellation.wait(for: poort_PQsocket(handle), events, until: deadline) {
            case .cancelled: throw Cancellation.failure(operation, place: options.address, mayHaveArrived: true)
            case .timeUp:
                throw SinkFailure(
                    .unavailable, operation: operation, place: options.address,
                    cause: "no answer in \(options.deliveryMilliseconds) ms",
                    hint: "is the database overloaded, or is the table locked?", mayHaveArrived: true)
            case .ready(let found):
                if found & Int16(POLLIN | POLLHUP | POLLERR) != 0, poort_PQconsumeInput(handle) == 0 {
                    throw lost(operation)
                }
            }
        }
        return try results(of: operation)
    }

    private func send(_ statement: String, _ parameters: [[UInt8]], as operation: String) throws(SinkFailure) {
        let pointers = parameters.map { bytes in
            let text = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
            bytes.withUnsafeBytes { if let start = $0.baseAddress { memcpy(text, start, $0.count) } }
            text[bytes.count] = 0
            return text
        }
        defer { for pointer in pointers { pointer.deallocate() } }
        let values = pointers.map { UnsafePointer<CChar>?($0) }
        let isSent = poort_PQsendQueryParams(handle, statement, Int32(values.count), nil, values, nil, nil, 0) == 1
        if !isSent { throw lost(operation, mayHaveArrived: false) }
    }

    private func lost(_ operation: String, mayHaveArrived: Bool = true) -> SinkFailure {
        SinkFailure(
            .unavailable, operation: operation, place: options.address,
            cause: PostgreSQLCondition.words(String(cString: poort_PQerrorMessage(handle))),
            mayHaveArrived: mayHaveArrived)
    }

    /// All results, of which there may be more than one where the server says why it hangs up.
    private func results(of operation: String) throws(SinkFailure) -> [[String?]] {
        var rows: [[String?]] = []
        var failure: SinkFailure?
        while let result = poort_PQgetResult(handle) {
            defer { poort_PQclear(result) }
            switch poort_PQresultStatus(result) {
            case PGRES_COMMAND_OK: break
            case PGRES_TUPLES_OK: rows = PostgreSQLConnection.texts(result)
            default: failure = failure ?? PostgreSQLCondition(result).failure(operation, place: options.address)
            }
        }
        if let failure { throw failure }
        if poort_PQstatus(handle) == CONNECTION_BAD { throw lost(operation) }
        return rows
    }

    private static func texts(_ result: OpaquePointer) -> [[String?]] {
        (0..<poort_PQntuples(result)).map { row in
            (0..<poort_PQnfields(result)).map { column in
                if poort_PQgetisnull(result, row, column) == 1 { return nil }
                return poort_PQgetvalue(result, row, column).map { String(cString: $0) }
            }
        }
    }
}
