/// Makes what was found unreadable, in its place: as long as before, and still of its format.
struct Masking {
    private let bytes: UnsafeMutableRawBufferPointer

    init(_ bytes: UnsafeMutableRawBufferPointer) {
        self.bytes = bytes
    }

    func apply(to finding: PersonalDataFinding) {
        switch finding.form {
        case .plain where finding.kind == .subscriberNumber: maskNumber(finding.range)
        case .plain where isTypedInteger(finding.range): maskLetters(finding.range.dropLast())
        case .plain: maskLetters(finding.range)
        case .text: maskText(finding.range)
        case .number: maskWord(finding.range)
        case .composite(let backslashes): maskComposite(finding.range, opening: backslashes)
        }
    }

    /// As line protocol writes them: `12i`, `12u`.
    private func isTypedInteger(_ range: Range<Int>) -> Bool {
        guard range.count > 1, "iu".utf8.contains(bytes[range.upperBound - 1]) else { return false }
        return range.dropLast().allSatisfy { bytes[$0].isDigit }
    }

    private func maskLetters(_ range: Range<Int>) {
        for index in range { bytes[index] = bytes[index].masked }
    }

    /// JSON knows no number that begins with a zero.
    private func maskNumber(_ range: Range<Int>) {
        let first = bytes[range.lowerBound]
        maskLetters(range)
        if first.isDigit, first != UInt8(ascii: "0") { bytes[range.lowerBound] = UInt8(ascii: "1") }
    }

    /// A word that stands by itself in JSON. A number becomes null, since another number would be taken for a measurement,
    /// or, where there is no room for that, 0.
    private func maskWord(_ range: Range<Int>) {
        let word = UnsafeRawBufferPointer(bytes).part(range)
        if KeyedValue.isLiteral(word) { return }
        guard let first = word.first, first.isDigit || first == UInt8(ascii: "-"),
            word.allSatisfy({ $0.isDigit || "-+.eE".utf8.contains($0) })
        else { return maskBytes(range) }
        let null: StaticString = range.count >= 4 ? "null" : "0"
        for index in range { bytes[index] = 0x20 }
        null.withUTF8Buffer { null in
            for (offset, byte) in null.enumerated() { bytes[range.lowerBound + offset] = byte }
        }
    }

    /// Letters of any script.
    private func maskBytes(_ range: Range<Int>) {
        for index in range { bytes[index] = bytes[index] >= 0x80 ? UInt8(ascii: "x") : bytes[index].masked }
    }

    /// What an escape stands for is masked, and the escape stays one.
    private func maskText(_ range: Range<Int>) {
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                maskBytes(index..<index + 1)
                index += 1
                continue
            }
            while index < range.upperBound, bytes[index] == UInt8(ascii: "\\") { index += 1 }
            guard index < range.upperBound, bytes[index].isLetter else { continue }
            let isCode = bytes[index] == UInt8(ascii: "u")
            index += 1
            guard isCode, index + 4 <= range.upperBound,
                UnsafeRawBufferPointer(bytes).part(index..<index + 4).allSatisfy(\.isHexDigit)
            else { continue }
            for (offset, digit) in "0078".utf8.enumerated() { bytes[index + offset] = digit }
            index += 4
        }
    }

    private func maskComposite(_ range: Range<Int>, opening: Int) {
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] == UInt8(ascii: "\"") {
                let end = textEnd(from: index + 1, to: range.upperBound, opening: opening)
                maskText(index + 1..<end)
                index = end + 1
            } else if isWord(bytes[index]) {
                var end = index
                while end < range.upperBound, isWord(bytes[end]) { end += 1 }
                maskWord(index..<end)
                index = end
            } else {
                index += 1
            }
        }
    }

    private func isWord(_ byte: UInt8) -> Bool { byte.isAlphanumeric || byte >= 0x80 || "-+.".utf8.contains(byte) }

    /// Where the closing quote stands, or the range ends.
    private func textEnd(from start: Int, to limit: Int, opening: Int) -> Int {
        var run = 0
        for index in start..<max(start, limit) {
            if bytes[index] == UInt8(ascii: "\\") {
                run += 1
            } else {
                if bytes[index] == UInt8(ascii: "\""), KeyedValue.closes(run, opening: opening) { return index }
                run = 0
            }
        }
        return limit
    }
}
