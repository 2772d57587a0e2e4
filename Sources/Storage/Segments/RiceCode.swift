/// Small numbers in few bits: the part above `parameter` bits as so many ones and a zero, then those bits. What would need
/// too many ones is written behind `escapeOnes` of them, with its own width. Source: Rice, JPL 79-22, 1979.
struct RiceCode: Hashable {
    /// 0 to ``largestParameter``.
    var parameter: Int

    static let largestParameter = 56
    private static let escapeOnes = 20
    private static let widthBits = 6

    /// The one that is likely to be shortest.
    init(for numbers: [Int64], around center: Int64) {
        var counts = [Int](repeating: 0, count: 65)
        for number in numbers {
            counts[64 - Zigzag.encode(number &- center).leadingZeroBitCount] += 1
        }
        let widest = counts.lastIndex { $0 > 0 } ?? 0
        var best = (parameter: 0, bits: Double.infinity)
        for parameter in 0...min(max(widest - 1, 0), RiceCode.largestParameter) {
            var bits = 0.0
            for width in 0...widest where counts[width] > 0 {
                bits += Double(counts[width]) * RiceCode.expectedBits(width: width, parameter: parameter)
            }
            if bits < best.bits { best = (parameter, bits) }
        }
        parameter = best.parameter
    }

    init(parameter: Int) {
        self.parameter = parameter
    }

    /// Of a number of so many bits, the numbers of that width being equally likely.
    private static func expectedBits(width: Int, parameter: Int) -> Double {
        if width <= parameter { return Double(parameter + 1) }
        guard width - parameter <= 5 else { return Double(escapeOnes + widthBits + width) }
        return 0.75 * Double(1 << (width - parameter)) + Double(parameter) + 0.5
    }

    func bitCount(_ numbers: [Int64], around center: Int64) -> Int {
        var bits = 0
        for number in numbers {
            let code = Zigzag.encode(number &- center)
            let ones = code >> UInt64(parameter)
            bits +=
                ones < RiceCode.escapeOnes
                ? Int(ones) + 1 + parameter
                : RiceCode.escapeOnes + RiceCode.widthBits + 64 - code.leadingZeroBitCount
        }
        return bits
    }

    @inline(__always)
    func write(_ number: Int64, to writer: inout BitWriter) {
        let code = Zigzag.encode(number)
        let ones = code >> UInt64(parameter)
        if ones < RiceCode.escapeOnes {
            writer.write(1 << ones &- 1, width: Int(ones) + 1)
            writer.write(code, width: parameter)
        } else {
            let width = 64 - code.leadingZeroBitCount
            writer.write(1 << UInt64(RiceCode.escapeOnes) - 1, width: RiceCode.escapeOnes)
            writer.write(UInt64(width - 1), width: RiceCode.widthBits)
            writer.write(code, width: width)
        }
    }

    @inline(__always)
    func read(from reader: inout BitReader) -> Int64 {
        let ones = reader.readOnes(limit: RiceCode.escapeOnes)
        if ones < RiceCode.escapeOnes {
            return Zigzag.decode(UInt64(ones) << UInt64(parameter) | reader.read(width: parameter))
        }
        let width = Int(reader.read(width: RiceCode.widthBits)) + 1
        return Zigzag.decode(reader.read(width: width))
    }
}
