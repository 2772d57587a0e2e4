import Glibc

/// What this process has had written to disks since it began. Source: proc_pid_io(5)
package enum ProcessWrites {
    /// Bytes, without those that were taken back before they were written; nil where the kernel does not count.
    package static func bytes() -> Int64? {
        let descriptor = open("/proc/self/io", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = read(descriptor, &buffer, buffer.count)
        return count > 0 ? bytes(in: String(decoding: buffer.prefix(count), as: UTF8.self)) : nil
    }

    static func bytes(in text: String) -> Int64? {
        var values: [Substring: Int64] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":")
            if fields.count == 2 { values[fields[0]] = Int64(fields[1].drop { $0 == " " }) }
        }
        guard let written = values["write_bytes"] else { return nil }
        return written - (values["cancelled_write_bytes"] ?? 0)
    }
}
