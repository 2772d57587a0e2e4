/// How a distribution is kept in the file: the scale of its values, how many there are, and for each its distance from
/// the one before and how often it occurred.
///
/// Sensors report decimals: as whole numbers of their last digit neighbours lie a few apart, so that a value mostly takes
/// two bytes. Values that are no short decimals are told by the bits of their floating-point form.
extension Distribution {
    public var bytes: [UInt8] {
        let scale = DistributionScale(holding: values)
        var numbers = PackedNumbers()
        numbers.reserve(4 + 3 * values.count)
        numbers.append(scale.code)
        numbers.append(UInt64(values.count))
        var before = DistributionScale.zeroKey
        for (index, value) in values.enumerated() {
            let key = scale.key(value)
            if index == 0 {
                numbers.append(signed: Int64(bitPattern: key &- before))
            } else {
                numbers.append(key &- before)
            }
            numbers.append(UInt64(counts[index]))
            before = key
        }
        return numbers.bytes
    }

    /// - Returns: nil if the bytes are not what ``bytes`` gives.
    public init?(bytes: [UInt8]) {
        var numbers = PackedNumbers(bytes)
        guard let scale = numbers.next().flatMap(DistributionScale.init(code:)), let size = numbers.next(),
            size <= UInt64(Distribution.capacity)
        else { return nil }
        var values: [Double] = []
        var counts: [Int] = []
        var before = DistributionScale.zeroKey
        for index in 0..<Int(size) {
            guard let key = index == 0 ? numbers.firstKey(before) : numbers.nextKey(before),
                let value = scale.value(key), values.last.map({ $0 < value }) ?? true,
                let count = numbers.next(), (1...UInt64(Distribution.largestTotal)).contains(count)
            else { return nil }
            values.append(value)
            counts.append(Int(count))
            before = key
        }
        guard numbers.isAtEnd else { return nil }
        self.init(ascending: values, counts: counts)
    }
}

extension PackedNumbers {
    fileprivate mutating func firstKey(_ zero: UInt64) -> UInt64? {
        nextSigned().map { zero &+ UInt64(bitPattern: $0) }
    }

    fileprivate mutating func nextKey(_ before: UInt64) -> UInt64? {
        guard let distance = next() else { return nil }
        let (key, isOverflow) = before.addingReportingOverflow(distance)
        return isOverflow ? nil : key
    }
}
