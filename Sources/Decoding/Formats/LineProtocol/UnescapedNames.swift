/// Names of a line without their backslashes, in memory that is kept from line to line. One thread.
final class UnescapedNames {
    private var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var used = 0

    deinit { bytes.deallocate() }

    /// Forgets all names, and makes room for those of a line.
    func begin(lineBytes: Int) {
        used = 0
        guard bytes.count < lineBytes else { return }
        bytes.deallocate()
        bytes = .allocate(byteCount: lineBytes, alignment: 1)
    }

    /// The name itself where it has no backslash. Valid until the next line; each part of a line at most once.
    ///
    /// A backslash that stands before something else than a comma, an equals sign or a space is one of the name.
    func plain(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard name.contains(UInt8(ascii: "\\")), bytes.count - used >= name.count else { return name }
        let start = used
        for index in name.indices where !name.isEscape(at: index) {
            bytes[used] = name[index]
            used += 1
        }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<used])
    }
}

extension UnsafeRawBufferPointer {
    /// A name without its backslashes, to keep.
    var unescaped: [UInt8] { indices.filter { !isEscape(at: $0) }.map { self[$0] } }

    fileprivate func isEscape(at index: Int) -> Bool {
        self[index] == UInt8(ascii: "\\") && index + 1 < count && ",= ".utf8.contains(self[index + 1])
    }
}
