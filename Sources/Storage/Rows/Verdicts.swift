import CSQLite
import Telemetry

/// The flags and tests that occur in rows, each pair under a number: some dozens in a street, so that a row need not spell
/// out what all rows of its series say.
final class Verdicts {
    private let database: Database
    private var known: [Int64: Verdict] = [:]
    private var numbers: [Verdict: Int64] = [:]
    private var last: (verdict: Verdict, number: Int64)?

    init(_ database: Database) throws(StorageError) {
        self.database = database
        try read()
    }

    private func read() throws(StorageError) {
        known = [:]
        numbers = [:]
        last = nil
        let select = try database.prepare("SELECT number, flag, tests FROM main.verdicts")
        while try select.step("read the verdicts") {
            let flag = QualityFlag(rawValue: UInt8(truncatingIfNeeded: select.integer(1))) ?? .unknown
            note(Verdict(flag: flag, tests: QualityTests(bits: select.integer(2))), number: select.integer(0))
        }
    }

    private func note(_ verdict: Verdict, number: Int64) {
        known[number] = verdict
        numbers[verdict] = number
    }

    /// For the writer, within a transaction: a verdict that is new gets the next number.
    func number(of verdict: Verdict) throws(StorageError) -> Int64 {
        if let last, last.verdict == verdict { return last.number }
        if let number = numbers[verdict] {
            last = (verdict, number)
            return number
        }
        let number = (known.keys.max() ?? -1) + 1
        let insert = try database.prepare("INSERT INTO verdicts(number, flag, tests) VALUES(?1, ?2, ?3)")
        insert.bind(1, number)
        insert.bind(2, Int32(verdict.flag.rawValue))
        insert.bind(3, verdict.tests.bits)
        try insert.run("note a verdict")
        note(verdict, number: number)
        return number
    }

    /// - Throws: where the number stands for nothing: the file is damaged.
    func verdict(_ number: Int64) throws(StorageError) -> Verdict {
        if let verdict = known[number] { return verdict }
        // A writer may have added it meanwhile.
        try read()
        if let verdict = known[number] { return verdict }
        throw StorageError(
            operation: "read a reading", path: database.path, code: SQLITE_CORRUPT,
            cause: "verdict \(number) is not in the table `verdicts`")
    }

    /// What is known may have been written in a transaction that is lost.
    func forget() throws(StorageError) { try read() }
}
