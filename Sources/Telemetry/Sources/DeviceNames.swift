/// What may be a device's name, and when two are the same.
public enum DeviceNames {
    public static let longestBytes = 128

    /// The same text for every way to write one name: a DevEUI is the same in either case.
    public static func comparable(_ name: String) -> String {
        name.utf8.count == 16 && name.utf8.allSatisfy(\.isHexDigit) ? name.uppercased() : name
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
}
