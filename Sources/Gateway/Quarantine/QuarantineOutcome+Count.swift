import Storage
import Telemetry

extension QuarantineOutcome {
    /// Counts where a message ended that was sent through again.
    mutating func count(_ ending: OpenMessage.Ending) {
        switch ending {
        case .stored: stored += 1
        case .duplicate: duplicate += 1
        case .quarantined: quarantined += 1
        case .rejected: rejected += 1
        }
    }
}
