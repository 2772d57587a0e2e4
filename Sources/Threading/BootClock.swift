import Glibc

/// The clock that begins with the boot, never steps and goes on while the box sleeps; with the identity of that boot it
/// tells when something was, however wrong the time of day. Any thread. Source: clock_gettime(2), `CLOCK_BOOTTIME`.
public enum BootClock {
    public static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// What tells this boot from every other. Source: random(4), `/proc/sys/kernel/random/boot_id`.
    ///
    /// A service that may not look into /proc/sys is told in `POORT_BOOT_ID` by its unit (`%b`). Where neither is there
    /// each process counts as a boot of its own.
    public static let identity: String = {
        if let line = firstLine(of: "/proc/sys/kernel/random/boot_id") { return line.filter { $0 != "-" } }
        if let told = getenv("POORT_BOOT_ID").map({ String(cString: $0) }), !told.isEmpty { return told }
        return "process-\(UInt64.random(in: .min ... .max))"
    }()

    private static func firstLine(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }
}
