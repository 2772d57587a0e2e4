import Telemetry
import TestKit

@testable import Gateway
@testable import Storage

/// A gateway on a disk whose power is cut again and again, at any call that changes the disk, and a broker that delivers
/// again what was not acknowledged.
final class CutRun {
    let seed: UInt64
    private let kind: SimulatedDisk.Kind
    private let delivery: CutDelivery
    private let bench: CoreBench
    private let isThinned: Bool
    private var random: SeededGenerator
    let disk: SimulatedDisk
    private(set) var cuts = 0
    /// Cuts in which what was being committed was found to be there, though the commit did not return.
    private(set) var finishedCommits = 0

    /// What was acknowledged, and that with what was taken since.
    private var committed = CutAccount()
    private var pending = CutAccount()
    /// The next message, the first that was not acknowledged, and the first whose acknowledgement the broker may not have.
    private var (position, acknowledged, inFlight) = (0, 0, 0)
    private var isOpen = false
    private var isCommitting = false

    struct Complaint: Error, CustomStringConvertible {
        var description: String
    }

    /// - Parameter settings: what is changed about the connection.
    init(seed: UInt64, kind: SimulatedDisk.Kind, settings: String = "") {
        self.seed = seed
        self.kind = kind
        random = SeededGenerator(seed: seed ^ 0xF00D)
        isThinned = seed % 3 == 0
        // Long enough for retention, which keeps three hours here, to have its share.
        delivery = CutDelivery(seed: seed, start: CoreBench.begin, count: isThinned ? 500 : 150)
        disk = SimulatedDisk(seed: seed, kind: kind)
        bench = CoreBench(closed: "poort.db", options: CoreBench.options(vfs: disk.vfs), seed: seed)
        if isThinned { bench.keep(raw: 7_200_000) }
        // Far fewer pages than the daemon waits for, so that many cuts fall into a checkpoint.
        let pages = [1000, 8, 40].randomElement(using: &random)!
        bench.didOpen = { try $0.execute("PRAGMA wal_autocheckpoint = \(pages); \(settings)", operation: "set up") }
        bench.didCommit = { [unowned self] in didCommit() }
    }

    /// Delivers everything, with a number of cuts on the way.
    /// - Returns: what is wrong in the end or after a cut, in words; nil when nothing is.
    func complaint(cuts limit: Int) -> String? {
        do {
            while position < delivery.messages.count || cuts < limit { try survive { try step(limit: limit) } }
            disk.keepPower()
            try survive { try open() }
            try bench.finish()
            try check()
            return try committed.finalDifferences(from: bench, isThinned: isThinned).first.map(complete)
        } catch {
            return complete("\(error)")
        }
    }

    private func complete(_ complaint: String) -> String {
        "seed \(seed) on a disk of \(kind), after \(cuts) cuts: \(complaint)"
    }

    private func survive(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error as StorageError {
            guard disk.isOff else { throw error }
        }
        if disk.isOff { try recover() }
    }

    // MARK: - At work

    private func step(limit: Int) throws {
        try open()
        if cuts < limit, Int.random(in: 0..<delivery.messages.count / 36, using: &random) == 0 {
            disk.cutPower(afterCalls: max(0, Int.random(in: -10...60, using: &random)))
        }
        if disk.isOff { return }
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<9: try deliver(Int.random(in: 1...5, using: &random))
        case 9..<14: try commit { try bench.commit() }
        case 14..<17: try commit { try bench.closeWindows() }
        case 17: if isThinned { try commit { try bench.removeExpired() } }
        case 18: restart()
        case 19: try commit { try bench.seal(rowsInOneGo: 60) }
        default: break
        }
        if position == delivery.messages.count, cuts < limit { restart() }
    }

    /// As a daemon that is killed: what was not acknowledged is delivered again.
    private func restart() {
        close()
        pending = committed
        position = inFlight
    }

    private func open() throws {
        if isOpen { return }
        try bench.open()
        isOpen = true
        try bench.connect(isResumed: true)
    }

    private func close() {
        bench.close()
        isOpen = false
    }

    private func deliver(_ count: Int) throws {
        for number in position..<min(position + count, delivery.messages.count) {
            try bench.deliver(delivery.messages[number], number: number)
            pending.take(delivery.messages[number], number: number)
            position = number + 1
        }
    }

    private func commit(_ work: () throws -> Void) throws {
        isCommitting = true
        try work()
        isCommitting = false
    }

    private func didCommit() {
        committed = pending
        acknowledged = position
        // The acknowledgements may have left, or may go with the power.
        inFlight = Bool.random(using: &random) ? acknowledged : max(inFlight, acknowledged - 10)
    }

    // MARK: - After a cut

    private func recover() throws {
        let wasCommitting = isCommitting
        isCommitting = false
        repeat {
            cuts += 1
            close()
            disk.restorePower()
            // The power may also fail while the file is opened.
            if Int.random(in: 0..<5, using: &random) == 0 {
                disk.cutPower(afterCalls: Int.random(in: 1...20, using: &random))
            }
            do {
                try bench.open()
            } catch let error as StorageError {
                guard disk.isOff else { throw error }
            }
        } while disk.isOff
        disk.keepPower()
        try settle(wasCommitting: wasCommitting)
        try check()
        restart()
    }

    /// Finds out which of the two states that are right the file is in.
    private func settle(wasCommitting: Bool) throws {
        let found = try bench.integrity()
        if found != "ok" { throw Complaint(description: "the file is damaged: \(found)") }
        let messages = try bench.messages().received
        if messages == committed.messages { return }
        guard wasCommitting, messages == pending.messages else {
            throw Complaint(
                description: "\(messages) messages are there, \(committed.messages) were acknowledged, "
                    + "\(pending.messages) taken")
        }
        finishedCommits += 1
        committed = pending
    }

    private func check() throws {
        if let imbalance = try bench.imbalance() { throw Complaint(description: imbalance) }
        if let broken = try bench.store.brokenInvariants().first { throw Complaint(description: broken) }
        if let difference = try committed.difference(from: bench, isThinned: isThinned) {
            throw Complaint(description: difference)
        }
    }
}
