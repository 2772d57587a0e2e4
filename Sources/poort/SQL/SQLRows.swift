import ArgumentParser
import Storage
import Telemetry

/// How the rows of a statement are printed.
enum RowFormat: String, ExpressibleByArgument, CaseIterable {
    case table, csv, ndjson
}

/// Prints the rows of statements as they come; those of a table in parts, which have to be aligned.
struct SQLRows {
    private let format: RowFormat
    private var output = OutputBuffer()
    private var bytes: [UInt8] = []
    private var keys: [[UInt8]] = []
    private var table: SQLTable?
    private var statementCount = 0

    init(_ format: RowFormat) {
        self.format = format
    }

    mutating func begin(_ columns: [String]) {
        statementCount += 1
        let names = SQLRows.unique(columns)
        switch format {
        case .table:
            if statementCount > 1 { output.write(line: "") }
            table = SQLTable(columns)
        case .csv:
            if statementCount > 1 { output.write(line: "") }
            for (index, name) in names.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                bytes.append(csv: name)
            }
            endLine()
        case .ndjson:
            keys = names.enumerated().map { index, name in
                Array(((index > 0 ? "," : "{") + JSONLine.quoted(name) + ":").utf8)
            }
        }
    }

    mutating func add(_ row: SQLStatement) {
        switch format {
        case .table:
            table?.add(row)
            if table?.isFull ?? false { showTable() }
        case .csv:
            for index in row.columns.indices {
                if index > 0 { bytes.append(0x2C) }
                bytes.append(csv: row.value(index))
            }
            endLine()
        case .ndjson:
            for (index, key) in keys.enumerated() {
                bytes += key
                bytes.append(json: row.value(index))
            }
            bytes.append(0x7D)
            endLine()
        }
    }

    /// Shows what is left of a statement's rows.
    /// - Parameter isComplete: where it is not, names without a row below them say nothing.
    mutating func end(isComplete: Bool = true) {
        if let table, isComplete || table.hasRows { showTable() }
        table = nil
        output.flush()
    }

    private mutating func showTable() {
        for line in table?.takeLines() ?? [] { output.write(line: line) }
        output.flush()
    }

    private mutating func endLine() {
        bytes.append(0x0A)
        output.write(bytes: bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    /// A name that came before gets a number behind it: a key of an object occurs once.
    static func unique(_ names: [String]) -> [String] {
        var known: Set<String> = []
        return names.map { name in
            var candidate = name
            var number = 2
            while !known.insert(candidate).inserted {
                candidate = "\(name)_\(number)"
                number += 1
            }
            return candidate
        }
    }
}
