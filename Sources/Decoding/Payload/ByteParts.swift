import Telemetry

extension UnsafeRawBufferPointer {
    func part(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[range]) }

    func hasBytes(of text: StaticString) -> Bool {
        text.withUTF8Buffer { hasSameBytes(as: UnsafeRawBufferPointer($0)) }
    }
}
