import CPostgreSQL

/// Rows into a table of PostgreSQL or TimescaleDB, each window once, with its newest figures.
///
/// One statement a delivery, which the server takes whole or not at all. Sent twice it is there once, so
/// ``SinkTraits/isIdempotent`` holds. libpq is loaded when the first sink is made.
public final class PostgreSQLSink: Sink {
    public let traits: SinkTraits
    public let cancellation = Cancellation()
    private let options: PostgreSQLOptions
    private let table: PostgreSQLTable
    private var connection: PostgreSQLConnection?
    private var resolving: BlockingCall<Result<[String], HostAddress.ResolveError>>?
    private var json = AggregateJSON()

    /// - Throws: where libpq is not installed, or the table's name is none.
    public init(_ options: PostgreSQLOptions) throws(SinkFailure) {
        if let cause = poort_load_libpq() {
            throw SinkFailure(
                .misconfigured, operation: "load libpq", place: options.address, cause: String(cString: cause),
                hint: "apt-get install libpq5")
        }
        guard let table = PostgreSQLTable(options.table, fields: options.fields) else {
            throw SinkFailure(
                .misconfigured, operation: "use the table", place: options.address,
                cause: "\"\(options.table)\" is no name of a table",
                hint: "write table or schema.table, of letters, digits and underscores")
        }
        self.options = options
        self.table = table
        traits = SinkTraits(mostRows: options.mostRows, isIdempotent: true)
    }

    public func cancel() { cancellation.cancel() }

    public func resume(at bookmark: String?) {}

    public func disconnect() { connection = nil }

    public func preview(_ rows: [SharedAggregate]) -> String {
        write(rows)
        return "-- \(options.address)/\(options.database), as \(options.user)\n\(table.insertion)\n-- $1 = "
            + String(decoding: json.bytes, as: UTF8.self) + "\n"
    }

    public func deliver(_ rows: [SharedAggregate]) throws(SinkFailure) -> Delivery {
        if cancellation.isCancelled { throw Cancellation.failure("write", place: options.address) }
        write(rows)
        let connection = try connected()
        do throws(SinkFailure) {
            try connection.run(
                table.insertion, [json.bytes], as: "write",
                until: Deadline(milliseconds: options.deliveryMilliseconds))
        } catch {
            // After a refusal it may be used again; otherwise nobody knows what state it is in.
            if error.kind != .refused { disconnect() }
            throw error
        }
        return .allTaken
    }

    /// Of a window that comes more than once the newest revision alone: one statement must not touch a row twice.
    private func write(_ rows: [SharedAggregate]) {
        json.removeAll()
        json.append(byte: UInt8(ascii: "["))
        for (count, place) in NewestRevisions(rows).kept.enumerated() {
            if count > 0 { json.append(byte: UInt8(ascii: ",")) }
            json.append(rows[place])
        }
        json.append(byte: UInt8(ascii: "]"))
    }

    // MARK: - Connecting

    private func connected() throws(SinkFailure) -> PostgreSQLConnection {
        if let connection, !connection.isLost { return connection }
        connection = nil
        let made = try connect()
        try prepare(made)
        connection = made
        return made
    }

    /// Tries the host's addresses one after the other, each with its share of the time.
    private func connect() throws(SinkFailure) -> PostgreSQLConnection {
        let whole = Deadline(milliseconds: options.connectMilliseconds)
        if options.isSocket {
            return try PostgreSQLConnection(options, address: nil, until: whole, cancellation)
        }
        var addresses = try addresses(until: whole)[...]
        while let address = addresses.popFirst() {
            do throws(SinkFailure) {
                let share = Deadline(milliseconds: max(1, whole.remaining / (addresses.count + 1)))
                return try PostgreSQLConnection(options, address: address, until: share, cancellation)
            } catch {
                if error.kind != .unavailable || addresses.isEmpty || cancellation.isCancelled { throw error }
            }
        }
        throw SinkFailure(
            .unavailable, operation: "connect", place: options.address, cause: "the host name has no address")
    }

    private func addresses(until deadline: Deadline) throws(SinkFailure) -> [String] {
        let host = options.host
        // One that still runs is waited for: a resolver that hangs must not gather threads.
        let call = resolving ?? BlockingCall("resolve") { HostAddress.resolve(host) }
        resolving = call
        guard let outcome = call.value(until: deadline, cancellation) else {
            if cancellation.isCancelled { throw Cancellation.failure("connect", place: options.address) }
            throw SinkFailure(
                .unavailable, operation: "connect", place: options.address,
                cause: "the host name did not resolve in \(options.connectMilliseconds) ms", hint: "check the box's DNS"
            )
        }
        resolving = nil
        switch outcome {
        case .success(let addresses): return addresses
        case .failure(let error):
            throw SinkFailure(
                .unavailable, operation: "connect", place: options.address, cause: error.words,
                hint: "the host name does not resolve: check url and the box's DNS")
        }
    }

    // MARK: - The table

    private func prepare(_ connection: PostgreSQLConnection) throws(SinkFailure) {
        let deadline = Deadline(milliseconds: options.deliveryMilliseconds)
        // A statement that nobody waits for any more must not go on for ever, nor wait for a lock.
        try connection.run(
            "SELECT set_config('statement_timeout', $1, false), set_config('TimeZone', 'UTC', false)",
            [Array("\(options.deliveryMilliseconds)".utf8)], as: "connect", until: deadline)
        if try presentColumns(connection, until: deadline) == nil {
            guard options.createsTable else { throw absent("the table \(table.quoted) is not there", table.creation) }
            try create(connection, until: deadline)
        }
        let present = try presentColumns(connection, until: deadline) ?? []
        let missing = table.columns.filter { !present.contains($0.name) }
        guard missing.isEmpty else {
            throw absent(
                "the table \(table.quoted) lacks \(missing.map(\.name).joined(separator: ", "))",
                table.alteration(adding: missing))
        }
    }

    /// The table belongs to the people who read it; poort makes it, and never changes it.
    private func absent(_ cause: String, _ statement: String) -> SinkFailure {
        SinkFailure(
            .misconfigured, operation: "use the table", place: options.address, cause: cause,
            hint: "let its owner run: \(statement)")
    }

    /// - Returns: nil where there is no such table.
    private func presentColumns(_ connection: PostgreSQLConnection, until deadline: Deadline) throws(SinkFailure)
        -> Set<String>?
    {
        let rows = try connection.run(
            """
            SELECT a.attname FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
            """, [Array(table.quoted.utf8)], as: "use the table", until: deadline)
        return rows.isEmpty ? nil : Set(rows.compactMap { $0.first ?? nil })
    }

    private func create(_ connection: PostgreSQLConnection, until deadline: Deadline) throws(SinkFailure) {
        do throws(SinkFailure) {
            try connection.run(table.creation, as: "make the table", until: deadline)
        } catch {
            // Another gateway makes it at the same moment, which IF NOT EXISTS does not bear.
            if error.kind == .refused, try presentColumns(connection, until: deadline) != nil { return }
            throw error
        }
        guard options.makesHypertable else { return }
        let hasTimescale = try connection.run(
            "SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'timescaledb'", as: "make the table",
            until: deadline)
        if hasTimescale.isEmpty { return }
        try connection.run(
            "SELECT create_hypertable($1::regclass, 'start', if_not_exists => true, migrate_data => true)",
            [Array(table.quoted.utf8)], as: "make the hypertable", until: deadline)
    }
}
