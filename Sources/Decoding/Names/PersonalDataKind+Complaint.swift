import Privacy

extension PersonalDataKind {
    /// Why a device's name is not taken in, and how it can be. It does not say the name.
    var deviceComplaint: String { PersonalDataKind.deviceComplaints[self] ?? "" }

    /// The same of a quantity's name.
    var quantityComplaint: String { PersonalDataKind.quantityComplaints[self] ?? "" }

    // Made once: a scanner at a shop's door sends thousands of such names.
    private static let deviceComplaints = complaints {
        "the device's name looks like \($0), and nothing of it is kept; if it is a sensor of your own, add a [[device]] with "
            + "it as `id` or alias"
    }
    private static let quantityComplaints = complaints {
        "the quantity's name looks like \($0), and nothing of it is kept; if it is one of your own, define it in [quantity.…]"
    }

    private static func complaints(_ text: (String) -> String) -> [PersonalDataKind: String] {
        Dictionary(uniqueKeysWithValues: allCases.map { ($0, text($0.words)) })
    }
}
