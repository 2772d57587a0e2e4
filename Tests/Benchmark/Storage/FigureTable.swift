import Telemetry

/// One figure of the table.
struct Figure {
    var name: String
    /// Nil where it cannot be told.
    var measured: Double?
    /// The same in a plain table.
    var plain: Double?
    var bound: Bound?
    /// What would be better than the bound, in the same direction.
    var aim: Double?

    enum Bound {
        case atMost(Double)
        case atLeast(Double)
    }

    var verdict: String {
        guard let measured, let bound else { return "" }
        switch bound {
        case .atMost(let limit):
            return measured > limit ? "NOT MET" : aim.map { measured <= $0 } ?? false ? "aim met" : "met"
        case .atLeast(let limit): return measured >= limit ? "met" : "NOT MET"
        }
    }
}

/// Prints figures beside those of a plain table, in less than 80 columns.
struct FigureTable {
    private static let widths = [32, 9, 9, 19, 9]
    /// Statements are longer than names, and have less beside them.
    private static let rateWidths = [52, 9, 9]

    static func print(_ figures: [Figure]) {
        row(["", "Poort", "plain", "asked", ""], widths)
        for figure in figures {
            let asked = [figure.bound.map(text), figure.aim.map { "aim \(text($0))" }].compactMap(\.self)
            row(
                [
                    figure.name, figure.measured.map(text) ?? "-", figure.plain.map(text) ?? "",
                    asked.joined(separator: ", "), figure.verdict,
                ], widths)
        }
    }

    static func print(_ rates: [ScanCase.Rates]) {
        row(["million readings/s", "Poort", "plain"], rateWidths)
        for one in rates {
            let name = one.statement.replacing("SELECT ", with: "").replacing(" FROM readings", with: "")
            row([name, text(one.sealed), one.plain.map(text) ?? ""], rateWidths)
        }
    }

    private static func row(_ cells: [String], _ widths: [Int]) {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: max(0, widths[index] - cell.count))
            line += index == 0 ? cell + padding : padding + cell
        }
        while line.last == " " { line.removeLast() }
        Swift.print(line)
    }

    private static func text(_ bound: Figure.Bound) -> String {
        switch bound {
        case .atMost(let limit): "at most \(text(limit))"
        case .atLeast(let limit): "at least \(text(limit))"
        }
    }

    /// Two digits behind the point where the number is small, none where it is large.
    static func text(_ value: Double) -> String {
        let scale: Double = value < 10 ? 100 : value < 100 ? 10 : 1
        return JSONLine.number((value * scale).rounded() / scale)
    }
}
