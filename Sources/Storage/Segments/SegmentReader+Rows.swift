import Telemetry

extension SegmentReader {
    /// Reads the whole segment column by column: none of it is to be believed where this throws.
    /// - Parameters:
    ///   - rows: room for as many as the header says; a column that is not needed stays as it was.
    /// - Throws: ``SegmentError/damaged(_:)``.
    func readAll(
        into rows: UnsafeMutablePointer<ReadingsRow>, values needsValues: Bool, verdicts needsVerdicts: Bool
    ) throws(SegmentError) {
        try readTimes(into: rows)
        if needsValues { try readValues(into: rows) }
        if needsVerdicts { try readVerdicts(into: rows) }
    }

    private func readTimes(into rows: UnsafeMutablePointer<ReadingsRow>) throws(SegmentError) {
        var column = times
        let series = header.series
        var last = column.next()
        var isRising = true
        rows[0].time = last
        rows[0].series = series
        for index in 1..<header.count {
            let time = column.next()
            if time <= last { isRising = false }
            last = time
            rows[index].time = time
            rows[index].series = series
        }
        guard isRising, last == header.lastTime.milliseconds, !column.hasOverrun, column.isAtEnd else {
            throw .damaged(.times)
        }
    }

    private func readValues(into rows: UnsafeMutablePointer<ReadingsRow>) throws(SegmentError) {
        var column = values
        for index in 0..<header.count { rows[index].value = column.next() }
        guard !column.hasOverrun, column.isAtEnd else { throw .damaged(.values) }
    }

    private func readVerdicts(into rows: UnsafeMutablePointer<ReadingsRow>) throws(SegmentError) {
        var column = verdicts
        for index in 0..<header.count {
            let verdict = column.next()
            rows[index].flag = verdict.flag.rawValue
            rows[index].tests = verdict.tests.bits
        }
        guard !column.hasOverrun, column.isAtEnd else { throw .damaged(.verdicts) }
    }
}
