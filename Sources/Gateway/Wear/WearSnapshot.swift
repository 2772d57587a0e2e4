import GatewayConfiguration
import Processing
import Telemetry

/// What is shown of wear.
struct WearSnapshot: Sendable {
    /// Bytes.
    var writtenToday: Int64
    /// Bytes, as the last quarter of an hour; nil in the first minute.
    var perDay: Double?
    /// By the kernel, of the whole process; else counted in pages.
    var isMeasured: Bool
    /// Bytes a day.
    var budget: Int64?
    var configuredInterval: Int64
    var keepAliveSeconds: Int
    var interval: Int64
    var verdict: FlashBudget.Verdict
    var bound: FlashBudget.Bound?
    var window: Int
    var windowFill: Int64?

    /// Why commits are as far apart as they are; nil where that is as configured, and no budget is exceeded.
    var remark: String? {
        guard let budget else { return nil }
        let budgetText = "\(MeasureWords.size(budget))/day"
        let from = MeasureWords.text(configuredInterval)
        let to = MeasureWords.text(interval)
        switch verdict {
        case .none, .within: return nil
        case .stretched: return "the commit interval is stretched from \(from) to \(to) to keep within \(budgetText)"
        case .exceeded: return "the flash budget of \(budgetText) cannot be kept: \(limit)"
        case .spent:
            return "the flash budget of \(budgetText) is used up for today: commits are \(to) apart until midnight"
                + (bound == .window ? ", since \(limit)" : "")
        }
    }

    private var limit: String {
        if bound == .window, let windowFill {
            return
                "the broker's window of \(window) messages is used up in \(MeasureWords.text(rounded(windowFill))), "
                + "and then it waits for a commit; receive_maximum, or the broker's max_inflight_messages, may be higher"
        }
        return "\(MeasureWords.text(interval)) between commits is the longest that "
            + (interval < WearSettings.longestInterval ? "a keepalive of \(keepAliveSeconds) s allows" : "is allowed")
    }

    private func rounded(_ milliseconds: Int64) -> Int64 {
        milliseconds < 1000 ? milliseconds / 10 * 10 : milliseconds / 1000 * 1000
    }
}
