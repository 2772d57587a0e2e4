import Telemetry

/// Reads the tests of `[quantity.NAME]` and `[device.quantity.NAME]` beside `gross_range`: a table of limits each, or
/// "off".
struct QualityLimitsReader {
    let complaints: Complaints
    /// The quantities that a test may name.
    let quantityNames: Set<String>
    let catalogue: QuantityCatalogue
    /// Of the device, where it is known.
    var intervalMilliseconds: Int64?

    /// - Parameter name: the quantity whose readings are judged.
    func read(_ table: inout TableReader, of name: String) -> QualityLimitChanges {
        var changes = QualityLimitChanges()
        changes.spike = table.limits("spike") { SpikeReader.read(&$0) }
        changes.rateOfChange = table.limits("rate_of_change") { RateOfChangeReader.read(&$0) }
        changes.flatLine = table.limits("flat_line") {
            FlatLineReader(intervalMilliseconds: intervalMilliseconds).read(&$0)
        }
        changes.attenuatedSignal = table.limits("attenuated_signal") {
            AttenuatedSignalReader(intervalMilliseconds: intervalMilliseconds).read(&$0)
        }
        changes.timeGap = table.limits("time_gap") { TimeGapReader.read(&$0) }
        changes.coLocated = table.limits("co_located") {
            CoLocatedReader(quantityNames: quantityNames, catalogue: catalogue, name: name).read(&$0)
        }
        changes.peerSpread = table.limits("peer_spread") { PeerSpreadReader.read(&$0) }
        return changes
    }

    /// Complains about tests that reckon on a line, for what goes around in a circle or only grows.
    func check(_ changes: QualityLimitChanges, fit kind: Quantity.Kind, of table: TableReader) {
        guard kind == .circular || kind == .counter else { return }
        let linear: [(key: String, isSet: Bool)] = [
            ("spike", changes.spike?.limits != nil),
            ("rate_of_change", changes.rateOfChange?.limits != nil && kind == .circular),
            ("attenuated_signal", changes.attenuatedSignal?.limits != nil),
            ("peer_spread", changes.peerSpread?.limits != nil),
        ]
        let reason =
            kind == .circular
            ? "a circular quantity, for which 359 and 1 are far from each other" : "a counter, which only grows"
        for test in linear where test.isSet {
            let place = table.fields.first { $0.key == test.key }?.keyPlace ?? table.place
            complaints.error(
                place, "`\(test.key)` does not fit \(reason)")
        }
    }
}

extension TableReader {
    /// The limits of a test.
    /// - Parameter read: reads what stands in the test's table; what it does not ask for is unknown.
    /// - Returns: nil when the test is not named, or wrongly.
    mutating func limits<Limits>(
        _ key: String, _ read: (inout TableReader) -> Limits?
    ) -> LimitChange<Limits>? {
        guard let node = node(key) else { return nil }
        switch node.value {
        case .string("off"): return .off
        case .table: break
        default:
            complaints.error(node.place, "`\(key)` must be a table of limits, or \"off\", not \(node.shown)")
            return nil
        }
        guard var section = TableReader(node, path: "\(path).\(key)", complaints: complaints) else { return nil }
        let limits = read(&section)
        section.finish()
        return limits.map { .set($0) }
    }

    /// A limit in a quantity's unit.
    mutating func limit(_ key: String) -> Double? {
        guard let node = node(key) else { return nil }
        guard let number = node.number else {
            complaints.error(node.place, "`\(key)` must be a number, not \(node.shown)")
            return nil
        }
        guard number.isFinite, number >= 0 else {
            complaints.error(node.place, "`\(key)` is \(number); it must be 0 or more")
            return nil
        }
        return number
    }

    /// Whether `suspect` or `fail` is there: a test without limits finds nothing.
    func hasLevel() -> Bool {
        if has("suspect") || has("fail") { return true }
        complaints.error(place, "\(name) needs `suspect`, `fail` or both; \"off\" turns the test off")
        return false
    }

    /// Complains when the graver level is reached first.
    func checkOrder<Level: Comparable>(suspect: Level?, fail: Level?, isFailSmaller: Bool = false) {
        guard let suspect, let fail, isFailSmaller ? fail > suspect : fail < suspect else { return }
        complaints.error(
            place(of: "fail"), "`fail` of \(name) must be \(isFailSmaller ? "at most" : "at least") `suspect`")
    }
}
