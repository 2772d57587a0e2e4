import Privacy
import Telemetry

extension QuarantinedMessage {
    /// Masks what is personal in all that is kept of it.
    mutating func mask(by mask: PersonalDataMask) {
        mask.apply(to: &topic)
        mask.apply(to: &payload)
        rejection.detail = mask.masked(rejection.detail)
    }
}
