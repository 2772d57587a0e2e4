import Storage

/// What is wrong with a statement, with the line that it is in and a mark below the place.
struct SQLMistake {
    private let error: SQLError
    private let text: SQLText

    init(_ error: SQLError, in text: SQLText) {
        (self.error, self.text) = (error, text)
    }

    var failure: CommandFailure {
        var lines = [error.message]
        if let place { lines += place }
        if let hint { lines.append(hint) }
        let isTheirs = error.kind == .mistake || error.kind == .refused
        return CommandFailure(
            lines.joined(separator: "\n"), exitCode: isTheirs ? CommandFailure.usage : CommandFailure.problem)
    }

    private var hint: String? {
        if error.kind == .damagedSegment { return "--skip-damaged reads all but such segments" }
        let isUnknownName = ["table", "column", "function"].contains { error.message.contains("no such \($0)") }
        return isUnknownName ? "poort sql \"SELECT * FROM about\" lists tables, columns and functions" : nil
    }

    private static let longestLine = 72

    private var place: [String]? {
        guard let offset = error.offset else { return nil }
        let line = text.line(at: offset)
        let before = line.before.map { $0 == "\t" ? " " : $0 }
        let after = line.after.map { $0 == "\t" ? " " : $0 }
        // Of a long line, what stands around the place.
        let shownBefore = before.suffix(SQLMistake.longestLine / 2)
        let shownAfter = after.prefix(SQLMistake.longestLine - shownBefore.count)
        let (cutBefore, cutAfter) = (before.count > shownBefore.count, after.count > shownAfter.count)
        let shown = (cutBefore ? "…" : "") + String(shownBefore) + String(shownAfter) + (cutAfter ? "…" : "")
        let mark = String(repeating: " ", count: shownBefore.count + (cutBefore ? 1 : 0)) + "^"
        let number = line.number > 1 || line.isOneOfMany ? "line \(line.number):" : nil
        return (number.map { [$0] } ?? []) + ["  " + TerminalText.plain(shown), "  " + mark]
    }
}
