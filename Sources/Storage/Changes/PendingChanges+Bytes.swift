import Telemetry

/// As they stand in the file: the stretches' ends, and where all that is to come begins.
extension PendingChanges {
    var bytes: [UInt8] {
        PackedIntegers.encode(stretches.flatMap { [$0.lowerBound, $0.upperBound] } + [open])
    }

    /// - Returns: nil where they are none.
    init?(bytes: [UInt8]) {
        let numbers: [ChangeNumber] = PackedIntegers.decode(bytes)
        guard numbers.count % 2 == 1, let open = numbers.last, zip(numbers, numbers.dropFirst()).allSatisfy(<=) else {
            return nil
        }
        self.init(from: numbers.first ?? open)
        // Between two stretches lies what is settled.
        var settledFrom: ChangeNumber?
        for (index, number) in numbers.enumerated() where index > 0 {
            if index % 2 == 1 {
                settledFrom = number
            } else if let from = settledFrom {
                remove(from..<number)
            }
        }
    }
}
