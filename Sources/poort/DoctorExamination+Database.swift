import Storage
import Telemetry

extension DoctorExamination {
    mutating func lookAtDatabase(_ path: String) {
        let setAside = SetAside(path: path).files
        do throws(StorageError) {
            let reader = try StoreReader(path: path)
            let versions = reader.schemaVersions
            note(
                "database", versions.file < versions.newest ? .warning : .good,
                "\(path), schema version \(versions.file)"
                    + (versions.file < versions.newest ? "; poort run brings it to \(versions.newest)" : ""))
            lookAtPages(path)
            try lookAtOrder(reader)
            try lookAtSegments(reader)
            try lookAtLedger(reader)
        } catch {
            note("database", .bad, error.description)
            if error.isDamage { lookAtPages(path) }
        }
        if setAside.isEmpty { note("set aside", .good, "no damaged database") }
        for file in setAside {
            note("set aside", .bad, "\(file): damaged, salvaged as far as possible; take it away to end the warnings")
        }
    }

    private mutating func lookAtPages(_ path: String) {
        let progress = SharedProgress()
        let census = PageCensus(path: path) { progress.show("\(Int($0 * 100)) % of the pages looked at") }
        progress.finish()
        if let complaint = census.complaint { note("pages", .bad, complaint) }
        if let first = census.damaged.first {
            let count = census.damaged.count
            note("pages", .bad, "\(count) of \(census.pageCount) do not match their checksum, the first is \(first)")
        } else if !census.isSealed {
            note(
                "pages", .warning,
                "they have no checksums, an older poort made the file; poort backup and poort restore give it some")
        } else if census.unverifiedCount > 0 {
            note(
                "pages", .warning,
                "\(census.unverifiedCount) of \(census.pageCount) have no checksum: another program wrote to the file")
        } else if census.complaint == nil {
            note("pages", .good, "\(census.pageCount) match their checksums")
        }
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
