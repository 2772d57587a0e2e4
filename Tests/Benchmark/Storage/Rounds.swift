import Glibc

/// Times of the same work, done several times.
struct Rounds {
    private var times: [Duration] = []
    /// Whether something had to be read from a disk.
    private(set) var hasReadDisk = false

    init() {}

    var median: Duration { times.sorted()[times.count / 2] }
    var milliseconds: Double { median / .milliseconds(1) }

    /// - Returns: in a second.
    func millions(of count: Int) -> Double { Double(count) / (median / .seconds(1)) / 1e6 }

    mutating func measure(_ work: () throws -> Void) rethrows {
        let before = Rounds.blocksRead
        times.append(try ContinuousClock().measure(work))
        if Rounds.blocksRead > before { hasReadDisk = true }
    }

    /// Does the work with a file that is not in memory. Nothing may have it open: SQLite's locks would go.
    mutating func measureCold(_ path: String, _ work: () throws -> Void) throws {
        try Rounds.forget(path)
        try measure(work)
    }

    /// From disks, by this process. Source: getrusage(2), `ru_inblock`
    private static var blocksRead: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_inblock
    }

    /// Lets the system forget what it has of the file in memory. Source: posix_fadvise(2).
    private static func forget(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BenchmarkFailure(description: "cannot open \(path)") }
        defer { close(descriptor) }
        fdatasync(descriptor)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }
}
