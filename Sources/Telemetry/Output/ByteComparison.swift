import Glibc

extension UnsafeRawBufferPointer {
    /// Whether both hold the same bytes. For the hot path: `elementsEqual` goes byte by byte.
    package func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard count > 0, let left = baseAddress, let right = other.baseAddress else { return true }
        return memcmp(left, right, count) == 0
    }
}
