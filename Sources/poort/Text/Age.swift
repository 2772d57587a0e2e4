/// How long something has taken, or was ago, in at most two units.
enum Age {
    static func text(seconds: Double) -> String {
        let isAhead = seconds < -0.5
        let whole = Int64(abs(seconds).rounded())
        let text =
            switch whole {
            case ..<120: "\(whole) s"
            case ..<7200: "\(whole / 60) min"
            case ..<172_800: "\(whole / 3600) h \(whole % 3600 / 60) min"
            default: "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
            }
        return isAhead ? "-\(text)" : text
    }
}
