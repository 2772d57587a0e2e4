import Storage
import Telemetry

extension DoctorExamination {
    mutating func lookAtDatabase(_ path: String) {
        let setAside = SetAside(path: path).files
        // Before a connection is open.
        let pages = DoctorExamination.pages(path)
        do throws(StorageError) {
            let reader = try StoreReader(path: path)
            let versions = reader.schemaVersions
            note(
                "database", versions.file < versions.newest ? .warning : .good,
                "\(path), schema version \(versions.file)"
                    + (versions.file < versions.newest ? "; poort run brings it to \(versions.newest)" : ""))
            findings += pages
            try lookAtOrder(reader)
            try lookAtSegments(reader)
            try lookAtLedger(reader)
        } catch {
            note("database", .bad, error.description)
            if error.isDamage, !findings.contains(where: { $0.subject == "pages" }) { findings += pages }
        }
        if setAside.isEmpty { note("set aside", .good, "no damaged database") }
        for file in setAside {
            note("set aside", .bad, "\(file): damaged, salvaged as far as possible; take it away to end the warnings")
        }
    }

    private static func pages(_ path: String) -> [Finding] {
        let progress = SharedProgress()
        let census = PageCensus(path: path) { progress.show("\(Int($0 * 100)) % of the pages looked at") }
        progress.finish()
        var findings = census.complaint.map { [Finding(subject: "pages", verdict: .bad, text: $0)] } ?? []
        let text: String
        var verdict = Finding.Verdict.warning
        if let first = census.damaged.first {
            verdict = .bad
            text = "\(census.damaged.count) of \(census.pageCount) do not match their checksum, the first is \(first)"
        } else if !census.isSealed {
            text = "they have no checksums, an older poort made the file; poort backup and poort restore give it some"
        } else if census.unverifiedCount > 0 {
            text =
                "\(census.unverifiedCount) of \(census.pageCount) have no checksum: another program wrote to the file"
        } else {
            verdict = .good
            text = "\(census.pageCount) match their checksums"
        }
        if findings.isEmpty || verdict == .bad {
            findings.append(Finding(subject: "pages", verdict: verdict, text: text))
        }
        return findings
    }

    private mutating func lookAtOrder(_ reader: StoreReader) throws(StorageError) {
        let faults = try reader.structuralFaults()
        for fault in faults { note("order", .bad, fault) }
        if faults.isEmpty { note("order", .good, "tables and indexes are in order") }
    }

    private mutating func lookAtSegments(_ reader: StoreReader) throws(StorageError) {
        let progress = SharedProgress()
        let census = try reader.segmentCensus { progress.show("\($0) segments read") }
        progress.finish()
        if let complaint = census.complaint {
            note(
                "segments", .bad,
                "\(census.damaged) of \(census.count) cannot be read, with \(census.lostReadings) readings; \(complaint)"
            )
        } else {
            note("segments", .good, "\(census.count) with \(census.readings) readings")
        }
    }

    private mutating func lookAtLedger(_ reader: StoreReader) throws(StorageError) {
        let report = try reader.atOneMoment { () throws(StorageError) in
            LedgerReport(sources: try reader.ledger(), holdings: try reader.holdings())
        }
        let lost = report.holdings?.lostReadings ?? 0
        note(
            "ledger", report.isBalanced ? .good : .bad,
            (report.isBalanced
                ? "every message is accounted for" : "it does not balance; poort ledger --verify shows it")
                + (lost > 0 ? ", \(lost) readings as lost with damaged files" : ""))
    }
}
