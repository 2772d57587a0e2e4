/// Text in urls and forms.
enum PercentEncoding {
    /// All but what needs none anywhere. Source: RFC 3986, 2.3.
    static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        append(text.utf8, to: &encoded)
        return String(decoding: encoded, as: UTF8.self)
    }

    static func append(_ bytes: some Sequence<UInt8>, to encoded: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }
}
