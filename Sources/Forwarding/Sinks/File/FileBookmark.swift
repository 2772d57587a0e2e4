/// How far files were written: a file, and how long it was.
struct FileBookmark: Hashable {
    var file: String
    var length: Int64
    /// The day of the file's first row, since 1970 in UTC.
    var day: Int64
    /// Of the file system.
    var device: UInt64
    /// How many folders the path of its mount point has; 0 for the root's.
    var mountDepth: Int

    init(file: String, length: Int64, day: Int64, device: UInt64, mountDepth: Int) {
        self.file = file
        self.length = length
        self.day = day
        self.device = device
        self.mountDepth = mountDepth
    }

    /// As it is recorded: `1 NAME-20261123T100000Z.ndjson 12345 20780 2065 2`.
    var text: String { "1 \(file) \(length) \(day) \(device) \(mountDepth)" }

    /// - Returns: nil for what is no bookmark of this kind.
    init?(text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0] == "1", let length = Int64(parts[2]), length >= 0, let day = Int64(parts[3]),
            let device = UInt64(parts[4]), let mountDepth = Int(parts[5]), !parts[1].contains("/")
        else { return nil }
        self.init(file: String(parts[1]), length: length, day: day, device: device, mountDepth: mountDepth)
    }
}
