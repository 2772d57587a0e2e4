public import Telemetry

extension Store {
    /// The tests of a stored reading; nil when there is none of that time.
    public func tests(at time: Timestamp, of series: SeriesID) throws(StorageError) -> QualityTests? {
        try reading(at: time, of: series)?.tests
    }

    /// Writes the tests of a stored reading anew, and its flag with them. A sealed one becomes a row again.
    public func setTests(_ tests: QualityTests, at time: Timestamp, of series: SeriesID) throws(StorageError) {
        try begin()
        let number = try verdicts.number(of: Verdict(flag: tests.combined, tests: tests))
        if try setHotVerdict(number, at: time, of: series) { return }
        if try reopen(at: time, of: series) {
            _ = try setHotVerdict(number, at: time, of: series)
            FaultPoint.reach("reopen.changed")
        }
    }

    // MARK: - Late readings

    /// Remembers that a minute holds readings that came late and were not judged by their neighbours in time.
    public func markUnjudged(minute start: Timestamp, series: SeriesID) throws(StorageError) {
        try begin()
        statements.insertUnjudged.bind(1, start)
        statements.insertUnjudged.bind(2, series)
        try statements.insertUnjudged.run("mark late readings")
    }

    /// Removes the mark of a series' minute whose readings have been judged.
    public func clearUnjudged(minute start: Timestamp, series: SeriesID) throws(StorageError) {
        try begin()
        statements.deleteUnjudged.bind(1, start)
        statements.deleteUnjudged.bind(2, series)
        try statements.deleteUnjudged.run("clear the mark of late readings")
    }

    /// Removes the marks of minutes whose readings are no longer kept.
    public func removeUnjudged(before time: Timestamp) throws(StorageError) {
        try begin()
        try database.execute(
            "DELETE FROM unjudged_minutes WHERE start < \(time.milliseconds)",
            operation: "remove old marks of late readings")
    }

    /// Visits the marks of all series, in no particular order.
    public func unjudgedMinutes(visit: (_ minute: Timestamp, _ series: SeriesID) -> Void) throws(StorageError) {
        let select = try database.prepare("SELECT start, series FROM unjudged_minutes")
        while try select.step("read the marks of late readings") {
            visit(select.timestamp(0), SeriesID(select.integer(1)))
        }
    }
}
