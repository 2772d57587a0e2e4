public import Telemetry

/// An aggregate as a partner gets it: no figure in it that the contract does not name.
public struct SharedAggregate: Sendable {
    public let series: SharedSeries
    /// 1 at first, one more each time that late readings changed the figures.
    public let revision: Int
    public let fields: SharedFields
    private let aggregate: Aggregate

    public init(_ aggregate: Aggregate, series: SharedSeries, revision: Int, fields: SharedFields = .all) {
        self.aggregate = aggregate
        self.series = series
        self.revision = revision
        self.fields = fields
    }

    public var window: Window { aggregate.window }

    /// Tells this window from every other of all gateways; the same for each revision of it:
    /// `stadshagen-01/aq-0001/pm2_5/ug/m3/15m/2026-11-23T10:00:00.000Z`.
    public var key: String {
        let window = window
        return
            "\(series.gateway)/\(series.device)/\(series.quantity)/\(series.unit)/\(window.tier.name)/\(window.start)"
    }

    /// A figure, if the contract shares it and the aggregate has it.
    public subscript(field: SharedField) -> SharedField.Value? {
        fields.contains(field) ? aggregate.value(of: field) : nil
    }

    /// Visits the figures that are shared and there, always in the same order.
    @inline(__always)
    public func forEachField(_ visit: (SharedField, SharedField.Value) -> Void) {
        for field in SharedField.allCases where fields.contains(field) {
            if let value = aggregate.value(of: field) { visit(field, value) }
        }
    }

    /// The one figure that says most: the mean of a gauge or of directions, what a counter counted, the sum of interval counts,
    /// the number of events. Nil where it is not shared, or the window has none.
    public var mainFigure: Double? {
        guard let value = self[mainField] else { return nil }
        return switch value {
        case .number(let number): number
        case .integer(let number): Double(number)
        case .boolean, .time: nil
        }
    }

    public var mainField: SharedField {
        switch series.kind {
        case .gauge, .circular: .mean
        case .counter: .increase
        case .intervalCount: .sum
        case .event: .count
        }
    }
}

extension Aggregate {
    /// What stands under a figure's name; nil where this aggregate has none, or none that a number can hold.
    func value(of field: SharedField) -> SharedField.Value? {
        func number(_ value: Double?) -> SharedField.Value? {
            value.flatMap { $0.isFinite ? .number($0) : nil }
        }
        return switch field {
        case .count: .integer(count)
        case .suspect: .integer(suspectCount)
        case .fail: .integer(failCount)
        case .expected: expected.map { .integer($0) }
        case .coverage: number(coverage)
        case .valid: .boolean(isValid)
        case .mean: number(mean)
        case .minimum: number(statistics?.minimum)
        case .maximum: number(statistics?.maximum)
        case .minimumTime: (statistics?.minimumTime).map { .time($0) }
        case .maximumTime: (statistics?.maximumTime).map { .time($0) }
        case .standardDeviation: number(standardDeviation)
        case .first: number(first)
        case .last: number(last)
        case .p50: number(percentiles?.p50)
        case .p85: number(percentiles?.p85)
        case .p95: number(percentiles?.p95)
        case .sum: number(sum)
        case .increase: number(increase?.total)
        case .resets: (increase?.resets).map { .integer($0) }
        case .wraps: (increase?.wraps).map { .integer($0) }
        case .increaseSince: (increase?.since).map { .time($0) }
        case .resultant: number(resultantLength)
        }
    }
}
