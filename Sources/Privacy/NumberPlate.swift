/// The shapes of Dutch number plates, by what stands between their dashes. Source: RDW, sidecodes 1 to 14, the last three
/// of which are for mopeds or to come.
enum NumberPlate {
    /// What a group is made of.
    private enum Group: Equatable {
        case letters(Int)
        case digits(Int)
    }

    /// Of 1951 to 1978, when vowels were given out too.
    private static let early: [[Group]] = [
        [.letters(2), .digits(2), .digits(2)], [.digits(2), .digits(2), .letters(2)],
        [.digits(2), .letters(2), .digits(2)],
    ]
    private static let late: [[Group]] = [
        [.letters(2), .digits(2), .letters(2)], [.letters(2), .letters(2), .digits(2)],
        [.digits(2), .letters(2), .letters(2)], [.digits(2), .letters(3), .digits(1)],
        [.digits(1), .letters(3), .digits(2)], [.letters(2), .digits(3), .letters(1)],
        [.letters(1), .digits(3), .letters(2)], [.letters(3), .digits(2), .letters(1)],
        [.letters(1), .digits(2), .letters(3)], [.digits(1), .letters(2), .digits(3)],
        [.digits(3), .letters(2), .digits(1)],
    ]

    /// Whether three groups, in either case, are a plate's.
    static func isPlate(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, _ third: UnsafeRawBufferPointer
    ) -> Bool {
        guard first.count <= 3, second.count <= 3, third.count <= 3,
            (6...6).contains(first.count + second.count + third.count),
            let a = group(first), let b = group(second), let c = group(third)
        else { return false }
        func has(_ shapes: [[Group]]) -> Bool { shapes.contains { $0[0] == a && $0[1] == b && $0[2] == c } }
        if has(early) {
            return isEarly(first) && isEarly(second) && isEarly(third)
        }
        return has(late) && isLate(first, isFirst: true) && isLate(second) && isLate(third)
    }

    private static func group(_ bytes: UnsafeRawBufferPointer) -> Group? {
        if bytes.allSatisfy(\.isDigit) { return .digits(bytes.count) }
        return bytes.allSatisfy(\.isLetter) ? .letters(bytes.count) : nil
    }

    /// I, Q and Y were never given out; C only in CD, O and W only first, for trailers.
    private static func isEarly(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes[0].isDigit { return true }
        let (first, second) = (bytes[0] & 0xDF, bytes[1] & 0xDF)
        if first == UInt8(ascii: "C") { return second == UInt8(ascii: "D") }
        return !isOneOf(first, "IQY") && !isOneOf(second, "CIOQWY")
    }

    /// No vowels, but for the O with which semi-trailers begin, no C and no Q.
    private static func isLate(_ bytes: UnsafeRawBufferPointer, isFirst: Bool = false) -> Bool {
        bytes.enumerated().allSatisfy { index, byte in
            if byte.isDigit { return true }
            let letter = byte & 0xDF
            return !isOneOf(letter, "ACEIOQU") || letter == UInt8(ascii: "O") && isFirst && index == 0
        }
    }

    private static func isOneOf(_ letter: UInt8, _ letters: StaticString) -> Bool {
        letters.withUTF8Buffer { $0.contains(letter) }
    }
}
