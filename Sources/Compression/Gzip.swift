import CZlib

/// Compresses in the gzip format, quickly rather than tightly. Source: RFC 1952.
///
/// Takes 268 KB while it lives, which it uses again and again. One thread.
public final class Gzip {
    private var stream = z_stream()

    public init() {
        // Level 1: a third more bytes than level 6 in a third of its time.
        let code = poort_gzip_begin(&stream, 1)
        precondition(code == Z_OK, "deflateInit2: \(code)")
    }

    deinit { deflateEnd(&stream) }

    /// Compresses one body.
    /// - Parameter output: holds the result and nothing else afterwards; its memory is used again.
    public func compress(_ bytes: [UInt8], into output: inout [UInt8]) {
        bytes.withUnsafeBufferPointer { compress($0, into: &output) }
    }

    /// The same of bytes that lie elsewhere.
    public func compress(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
        deflateReset(&stream)
        let bound = Int(deflateBound(&stream, UInt(input.count)))
        if output.count < bound { output.append(contentsOf: repeatElement(0, count: bound - output.count)) }
        let written = output.withUnsafeMutableBufferPointer { output in
            // It does not write there.
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            let code = deflate(&stream, Z_FINISH)
            precondition(code == Z_STREAM_END, "deflate: \(code)")
            return output.count - Int(stream.avail_out)
        }
        output.removeLast(output.count - written)
    }

    /// What was compressed, for tests.
    /// - Parameter limit: in bytes.
    /// - Returns: nil where it is no gzip, or longer.
    package static func decompress(_ bytes: [UInt8], atMost limit: Int = 1 << 28) -> [UInt8]? {
        var stream = z_stream()
        guard poort_gunzip_begin(&stream) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var result: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        return bytes.withUnsafeBufferPointer { input in
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            while true {
                let code = piece.withUnsafeMutableBufferPointer { piece in
                    stream.next_out = piece.baseAddress
                    stream.avail_out = UInt32(piece.count)
                    return inflate(&stream, Z_NO_FLUSH)
                }
                result += piece[0..<(piece.count - Int(stream.avail_out))]
                guard result.count <= limit else { return nil }
                if code == Z_STREAM_END { return result }
                guard code == Z_OK else { return nil }
            }
        }
    }
}
