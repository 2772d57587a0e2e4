/// Reads dates and times digit by digit. Over bytes and not over any collection of them: what is generic across modules is
/// some twenty times slower.
struct RFC3339Reader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ allowed: UInt8) -> Bool {
        guard next == allowed else { return false }
        position += 1
        return true
    }

    private mutating func skipT() -> Bool {
        guard let next, next | 0x20 == UInt8(ascii: "t") || next == UInt8(ascii: " ") else { return false }
        position += 1
        return true
    }

    private mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private mutating func digit() -> Int? {
        guard let next, next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9") else { return nil }
        position += 1
        return Int(next - UInt8(ascii: "0"))
    }

    /// Date and time of day, as if in UTC.
    mutating func wallClock() -> Timestamp? {
        guard let year = number(digits: 4), skip(UInt8(ascii: "-")),
            let month = number(digits: 2), skip(UInt8(ascii: "-")),
            let day = number(digits: 2), skipT(),
            let hour = number(digits: 2), skip(UInt8(ascii: ":")),
            let minute = number(digits: 2), skip(UInt8(ascii: ":")),
            let second = number(digits: 2),
            hour < 24, minute < 60, second <= 60,
            let days = CivilDate.daysSince1970(year: year, month: month, day: day),
            let fraction = fractionMilliseconds()
        else { return nil }
        let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        return Timestamp(milliseconds: seconds * 1000 + Int64(fraction))
    }

    private mutating func fractionMilliseconds() -> Int? {
        guard skip(UInt8(ascii: ".")) else { return 0 }
        guard let first = digit() else { return nil }
        var value = first * 100
        var scale = 10
        while let digit = digit() {
            value += digit * scale
            scale /= 10
        }
        return value
    }

    mutating func offsetMinutes() -> Int? {
        if let next, next | 0x20 == UInt8(ascii: "z") {
            position += 1
            return 0
        }
        let isNegative = skip(UInt8(ascii: "-"))
        guard isNegative || skip(UInt8(ascii: "+")) else { return nil }
        guard let hours = number(digits: 2) else { return nil }
        // ISO 8601 has it without the colon as well.
        _ = skip(UInt8(ascii: ":"))
        guard let minutes = number(digits: 2), hours < 24, minutes < 60 else { return nil }
        return (isNegative ? -1 : 1) * (hours * 60 + minutes)
    }
}
