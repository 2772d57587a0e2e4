import Simulation
import Storage
import Telemetry
import TestKit
import Testing

/// Every fault of the simulator at once, over a week: each is found by the test that should find it, and what is clean is
/// let alone.
@Suite("A simulated week with every fault", .timeLimit(.minutes(3)))
struct SimulatedWeekTests {
    private static let week = Result { try SimulatedWeek() }

    @Test("each fault is found by the test that should find it")
    func found() throws {
        let week = try SimulatedWeekTests.week.get()
        var table = Table(columns: ["fault", "injected", "found", "by", "after"])
        for kind in FaultKind.allCases {
            let faults = week.complete.filter { $0.kind == kind }
            let (count, delays) = try findings(of: faults, kind: kind, in: week)
            table.add([kind.rawValue, "\(faults.count)", "\(count)", kind.foundBy, SimulatedWeekTests.median(delays)])
            #expect(faults.count >= 3, "\(kind.rawValue): too few to tell")
            #expect(count == faults.count, "\(kind.rawValue)")
        }
        print(table.text)
    }

    /// How many of some faults of one kind were found, and after how many hours.
    private func findings(
        of faults: [InjectedFault], kind: FaultKind, in week: SimulatedWeek
    ) throws -> (count: Int, hours: [Double]) {
        if let test = QualityTest.allCases.first(where: { $0.name == kind.foundBy }) {
            let found = faults.compactMap { fault in
                week.finding(of: fault, by: test).map { Double($0 - fault.start) / 3_600_000 }
            }
            return (found.count, kind == .gap ? [] : found)
        }
        switch kind {
        case .reset, .wrap: return (faults.count { week.shows($0) }, [])
        case .late: return (faults.count { week.isStored($0) }, [])
        case .duplicate:
            return (min(faults.count, week.ledger.reduce(0) { $0 + $1.messages.duplicate }), [])
        case .missing:
            return (faults.count { week.isLetGo($0) }, [])
        default:
            let reason = try #require(RejectionReason(rawValue: kind.foundBy))
            return (
                Dictionary(grouping: faults, by: \.device).reduce(0) { sum, device in
                    sum + min(device.value.count, week.quarantined[device.key]?[reason] ?? 0)
                }, []
            )
        }
    }

    @Test("of what is clean less than one reading in a thousand is flagged")
    func falseAlarms() throws {
        let week = try SimulatedWeekTests.week.get()
        var table = Table(columns: ["quantity", "clean", "flagged", "share", "by"])
        var (cleanCount, alarmCount) = (0, 0)
        for (quantity, rows) in week.clean().sorted(by: { $0.key < $1.key }) {
            let alarms = rows.filter { !$0.flag.isUsable }
            cleanCount += rows.count
            alarmCount += alarms.count
            table.add([
                quantity, "\(rows.count)", "\(alarms.count)", SimulatedWeekTests.share(alarms.count, rows.count),
                SimulatedWeekTests.finders(of: alarms.map(\.tests)),
            ])
        }
        table.add([
            "all", "\(cleanCount)", "\(alarmCount)", SimulatedWeekTests.share(alarmCount, cleanCount), "",
        ])
        print(table.text)
        #expect(cleanCount > 80_000)
        #expect(Double(alarmCount) < 0.001 * Double(cleanCount))
    }

    @Test("nothing is lost or put aside but what was injected")
    func accounts() throws {
        let week = try SimulatedWeekTests.week.get()
        let messages = week.ledger.reduce(into: LedgerCounts()) { $0.add($1.messages) }
        func injected(_ kinds: FaultKind...) -> Int { week.faults.count { kinds.contains($0.kind) } }
        #expect(week.ledger.allSatisfy { $0.isBalanced })
        #expect(messages.received == week.sentCount)
        // Faults of the last minutes may lie in messages that were still held when the week ended.
        let slack = 12
        let aside = injected(.broken, .clockAhead, .clockBehind)
        #expect((aside - slack...aside).contains(messages.quarantined))
        let again = injected(.duplicate)
        #expect((again - slack...again).contains(messages.duplicate))
        // Where a message holds one value alone, it is counted as one without.
        let missing = week.faults.count { $0.kind == .missing && !$0.device.hasPrefix("bin") }
        #expect((missing - slack...missing).contains(messages.rejected[.missing] ?? 0))
        #expect(Set(messages.rejected.keys) == [.missing])
        // Each row says what its tests say.
        #expect(week.rows.values.joined().allSatisfy { $0.flag == $0.tests.combined })
    }

    // MARK: - Tables

    private static func share(_ part: Int, _ whole: Int) -> String {
        let thousandths = whole == 0 ? 0 : (Double(part) / Double(whole) * 100_000).rounded() / 1000
        return "\(thousandths) %"
    }

    private static func median(_ hours: [Double]) -> String {
        guard !hours.isEmpty else { return "" }
        let middle = hours.sorted()[hours.count / 2]
        return middle == 0 ? "at once" : "\((middle * 10).rounded() / 10) h"
    }

    private static func finders(of flagged: [QualityTests]) -> String {
        QualityTest.allCases.compactMap { test in
            let count = flagged.count { $0.isFlagged(by: test) }
            return count == 0 ? nil : "\(test.name) \(count)"
        }.joined(separator: ", ")
    }
}
