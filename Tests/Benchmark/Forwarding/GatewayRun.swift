import Control
import Glibc
import Storage
import Telemetry
import TestKit

/// The gateway at work on a file in which windows wait, watched from outside.
struct GatewayRun {
    /// How long each commit took that was seen, in milliseconds.
    private(set) var commits: [Double] = []
    private(set) var drainSeconds = 0.0
    private(set) var peakResidentBytes = 0
    private(set) var drained = 0

    private let client: ControlClient
    private let process: ChildProcess
    private let log: String

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    init(poort: String, configuration: String, socket: String, log: String) throws {
        client = ControlClient(path: socket)
        self.log = log
        process = try ChildProcess(
            poort, ["run", "--config", configuration], output: .nowhere, errors: .file(log))
    }

    /// Watches until nothing waits, or for so long.
    mutating func watch(seconds: Double, untilDrained: Bool) throws {
        let deadline = ContinuousClock.now + .milliseconds(Int64(seconds * 1000))
        var lastCommit: String?
        var began: (time: ContinuousClock.Instant, delivered: Int)?
        while ContinuousClock.now < deadline {
            guard process.isRunning else {
                throw Failure(description: "poort has ended:\n\(TemporaryDirectory.read(log) ?? "")")
            }
            guard let report = try? client.status() else {
                usleep(50_000)
                continue
            }
            if let milliseconds = report.storage.lastCommitMilliseconds, report.storage.lastCommit != lastCommit {
                lastCommit = report.storage.lastCommit
                commits.append(milliseconds)
            }
            if let partner = report.partners.first, untilDrained {
                if began == nil, partner.delivered > 0 { began = (ContinuousClock.now, partner.delivered) }
                if let began, partner.pending == 0 {
                    drained = partner.delivered - began.delivered
                    drainSeconds = (ContinuousClock.now - began.time) / .seconds(1)
                    break
                }
            }
            usleep(15_000)
        }
        peakResidentBytes = GatewayRun.peakResidentBytes(of: process.processID)
        if untilDrained, drained == 0 { throw Failure(description: "it was not drained within \(Int(seconds)) s") }
    }

    func stop() {
        process.terminate()
        _ = process.wait()
    }

    var commitPercentile99: Double {
        let sorted = commits.sorted()
        return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
    }

    /// Waits until nothing waits, without asking it anything: what answers would take is not in its memory.
    mutating func waitUntilDrained(database: String, seconds: Double) throws {
        let deadline = ContinuousClock.now + .milliseconds(Int64(seconds * 1000))
        while ContinuousClock.now < deadline {
            usleep(100_000)
            peakResidentBytes = max(peakResidentBytes, GatewayRun.peakResidentBytes(of: process.processID))
            guard let ledger = try? StoreReader(path: database).partnerLedgers().first, ledger.counts.delivered > 0
            else {
                continue
            }
            if ledger.pending == 0 { return }
        }
        throw Failure(description: "it was not drained within \(Int(seconds)) s")
    }

    /// Source: proc(5), VmHWM.
    private static func peakResidentBytes(of process: pid_t) -> Int {
        for line in (TemporaryDirectory.read("/proc/\(process)/status") ?? "").split(separator: "\n")
        where line.hasPrefix("VmHWM:") {
            return (line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) } ?? 0)
                * 1024
        }
        return 0
    }
}
