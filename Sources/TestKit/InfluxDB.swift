public import HTTP
import Secrets

/// An InfluxDB 1.x of one test's own, on a free port of the loopback, with its data in a directory that goes with it.
public final class InfluxDB: Sendable {
    public let port: Int
    /// The database that is there at the beginning.
    public let database = "poort"
    /// Of an administrator, where there are users.
    public let authorization: HTTPAuthorization
    private let directory: TemporaryDirectory
    private let process: ListeningProcess

    /// Starts it, waits until it accepts connections, and makes the database.
    /// - Parameter password: when set, nobody gets in but `poort` with it.
    public init(password: String? = nil) throws {
        let port = FreePort.next()
        let directory = TemporaryDirectory()
        let file = directory.write(
            InfluxDB.configuration(port: port, directory: directory, asksForPassword: password != nil),
            to: "influxdb.conf")
        self.port = port
        self.directory = directory
        process = try ListeningProcess("influxd", ["-config", file], port: port)
        authorization = password.map { .basic(username: "poort", password: Secret($0)) } ?? .none
        if let password { try command("CREATE USER poort WITH PASSWORD '\(password)' WITH ALL PRIVILEGES") }
        try command("CREATE DATABASE \(database)")
    }

    private static func configuration(port: Int, directory: TemporaryDirectory, asksForPassword: Bool) -> String {
        """
        reporting-disabled = true
        bind-address = "127.0.0.1:\(FreePort.next())"
        [meta]
        dir = "\(directory.file("meta"))"
        logging-enabled = false
        [data]
        dir = "\(directory.file("data"))"
        wal-dir = "\(directory.file("wal"))"
        query-log-enabled = false
        [http]
        bind-address = "127.0.0.1:\(port)"
        auth-enabled = \(asksForPassword)
        log-enabled = false
        [monitor]
        store-enabled = false

        """
    }

    /// `http://127.0.0.1:PORT`.
    public var url: String { "http://127.0.0.1:\(port)" }
    /// Where line protocol goes, as the first version takes it.
    public var writeURL: String { "\(url)/write?db=\(database)" }
    public var log: String { process.log }

    /// Starts it again, on the same port with what it has kept.
    public func start() throws { try process.start() }
    /// Ends it in an orderly way.
    public func stop() { process.stop() }
    /// Ends it as a power failure does.
    public func kill() { process.kill() }
    public func send(_ signal: Int32) { process.send(signal) }

    public func restart() throws {
        stop()
        try start()
    }

    /// Runs a statement that changes something.
    public func command(_ statement: String) throws {
        try LocalHTTP.send(
            HTTPRequest(.post, "\(url)/query?q=" + LocalHTTP.encoded(statement), headers: headers))
    }

    /// The rows of a query by their columns: tags, fields, `time` in milliseconds, and `name` of the measurement. A column
    /// without a value is not there.
    public func query(_ statement: String) throws -> [[String: String]] {
        let answer = try LocalHTTP.get(
            "\(url)/query?db=\(database)&epoch=ms&q=" + LocalHTTP.encoded(statement),
            headers: headers + [HTTPRequest.Header("Accept", "application/csv")])
        var columns: [String] = []
        var rows: [[String: String]] = []
        for line in String(decoding: answer, as: UTF8.self).split(separator: "\n") {
            let cells = InfluxDB.cells(of: line)
            // Each measurement has a line of names before its rows.
            if cells.first == "name" {
                columns = cells
            } else {
                rows.append(
                    Dictionary(uniqueKeysWithValues: zip(columns, cells).filter { !$0.1.isEmpty && $0.0 != "tags" }))
            }
        }
        return rows
    }

    private var headers: [HTTPRequest.Header] { authorization.header.map { [$0] } ?? [] }

    /// Source: RFC 4180, 2.
    private static func cells(of line: Substring) -> [String] {
        var cells = [""]
        var isQuoted = false
        var rest = line
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"": cells[cells.count - 1].append(rest.removeFirst())
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }
}
