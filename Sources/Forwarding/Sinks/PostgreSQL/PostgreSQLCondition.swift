import CPostgreSQL

/// What the server has against a statement, and what follows from it. Source: PostgreSQL documentation, appendix A.
struct PostgreSQLCondition {
    /// Five characters; empty where libpq itself has said it.
    var state: String
    var words: String

    init(state: String, words: String) {
        self.state = state
        self.words = words
    }

    init(_ result: OpaquePointer) {
        func field(_ code: Character) -> String? {
            guard let value = code.asciiValue else { return nil }
            return poort_PQresultErrorField(result, Int32(value)).map { String(cString: $0) }
        }
        state = field("C") ?? ""
        guard let primary = field("M") else {
            words = PostgreSQLCondition.words(String(cString: poort_PQresultErrorMessage(result)))
            return
        }
        words = primary + (field("D").map { " (\($0))" } ?? "")
    }

    /// On one line, without a break at its end.
    static func words(_ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            String(line.drop(while: \.isWhitespace))
        }
        return lines.filter { !$0.hasPrefix("LOCATION:") }.joined(separator: "; ")
    }

    func failure(_ operation: String, place: String) -> SinkFailure {
        let cause = state.isEmpty ? words : "\(words) [\(state)]"
        // A statement that was answered has not been taken; without an answer nobody knows.
        return SinkFailure(
            kind, operation: operation, place: place, cause: cause, hint: hint, mayHaveArrived: state.isEmpty)
    }

    var kind: SinkFailure.Kind {
        switch state {
        case "42501", "42P01", "42703": return .misconfigured
        // A standby, until it is promoted or the name points elsewhere.
        case "25006": return .unavailable
        case "54000", "54001": return .tooLarge
        default: break
        }
        switch state.prefix(2) {
        case "22", "23", "44", "P0": return .refused
        case "28", "3D", "3F", "42", "0A", "0L", "0P": return .misconfigured
        default: return .unavailable
        }
    }

    var hint: String {
        switch state {
        case "42501":
            "grant the user INSERT, UPDATE and SELECT on the table, and CREATE on its schema if it is to be made"
        case "42P01": "the table is not there: make it, or allow poort to"
        case "42703", "42804": "a column of the table is missing or of another type: docs partners/postgresql.md"
        case "42P10": "the table wants PRIMARY KEY (gateway, device, quantity, unit, tier, \"start\")"
        case "25006": "this is a standby: point url to the primary"
        case "53100": "the database server's disk is full"
        case "53300": "the server takes no more connections"
        case "3F000": "the schema is not there: CREATE SCHEMA"
        case "28P01", "28000": "check user and password_file, and pg_hba.conf of the server"
        default: state.hasPrefix("3D") ? "the database is not there: check url, or CREATE DATABASE" : ""
        }
    }

    /// Why there is no connection, from libpq's words: `… FATAL:  28P01: password authentication failed …`.
    static func failedConnection(_ text: String, lacksPassword: Bool, place: String) -> SinkFailure {
        let words = words(text)
        if let state = state(in: words) {
            let condition = PostgreSQLCondition(state: state, words: words)
            return SinkFailure(
                condition.kind, operation: "connect", place: place, cause: words, hint: condition.hint)
        }
        if lacksPassword {
            return SinkFailure(
                .misconfigured, operation: "connect", place: place, cause: words, hint: "give it a password_file")
        }
        let isRefused = words.contains("certificate") || words.contains("SSL error") || words.contains("support SSL")
        return SinkFailure(
            isRefused ? .misconfigured : .unavailable, operation: "connect", place: place, cause: words,
            hint: isRefused
                ? "check ca_file, the host name in the server's certificate, and the clock"
                : words.contains("refused") ? "nothing listens there: is the server running, and is url right?" : "")
    }

    /// Five capitals or figures between a severity and a colon.
    private static func state(in words: String) -> String? {
        let parts = words.split(separator: ":").map { $0.drop(while: \.isWhitespace) }
        return parts.first {
            $0.count == 5 && $0.allSatisfy { ("0"..."9").contains($0) || ("A"..."Z").contains($0) }
                && $0.contains(where: \.isNumber)
        }.map(String.init)
    }
}
