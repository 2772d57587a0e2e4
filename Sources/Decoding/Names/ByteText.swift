import Telemetry

/// Comparing bytes with names that are known beforehand, without making a text of them.
extension UnsafeRawBufferPointer {
    func hasSameBytes(as text: StaticString) -> Bool {
        text.withUTF8Buffer { hasSameBytes(as: UnsafeRawBufferPointer($0)) }
    }

    func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            count >= text.count && prefix(text.count).elementsEqual(text)
        }
    }
}
