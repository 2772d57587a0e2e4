import Telemetry

/// Cutting bytes, and comparing them with names that are known beforehand, without making a text of them.
extension UnsafeRawBufferPointer {
    func part(_ range: some RangeExpression<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range])
    }

    func hasSameBytes(as text: StaticString) -> Bool {
        text.withUTF8Buffer { hasSameBytes(as: UnsafeRawBufferPointer($0)) }
    }

    func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            count >= text.count && prefix(text.count).elementsEqual(text)
        }
    }
}
