import Glibc
import TestKit

/// What a process has cost so far. Source: proc(5).
struct ProcessCost {
    /// User and system time, in microseconds.
    var cpuMicroseconds: Double
    /// The most memory it ever had, in bytes.
    var peakResidentBytes: Double
    /// What it has caused to be written to the disk, in bytes.
    var writtenBytes: Double

    init(of process: pid_t) {
        let times = (TemporaryDirectory.read("/proc/\(process)/stat") ?? "").split(separator: ")").last ?? ""
        let fields = times.split(separator: " ")
        let ticks = fields.count > 12 ? (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0) : 0
        cpuMicroseconds = ticks * 1e6 / Double(sysconf(Int32(_SC_CLK_TCK)))
        peakResidentBytes = ProcessCost.field("VmHWM:", of: "/proc/\(process)/status") * 1024
        writtenBytes = ProcessCost.field("write_bytes:", of: "/proc/\(process)/io")
    }

    private static func field(_ name: String, of file: String) -> Double {
        for line in (TemporaryDirectory.read(file) ?? "").split(separator: "\n") where line.hasPrefix(name) {
            return line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Double($0) } ?? 0
        }
        return 0
    }
}
