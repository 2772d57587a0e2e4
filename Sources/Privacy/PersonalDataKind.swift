/// What may tell of a person.
public enum PersonalDataKind: Sendable, Hashable, CaseIterable {
    /// A MAC address of 48 bits, its bytes apart: a phone's, a car's. Source: IEEE 802-2014, 8.2.
    case hardwareAddress
    /// Fifteen digits: an IMSI or an IMEI. Source: 3GPP TS 23.003, 2.2 and 6.2.1.
    case subscriberNumber
    /// A telephone number with its plus. Source: ITU-T E.164, 6.2.
    case phoneNumber
    /// A Dutch number plate with its dashes.
    case numberPlate
    /// Whatever stands under a key that says so, such as `plate` or `face_id`.
    case named

    /// With its article.
    public var words: String {
        switch self {
        case .hardwareAddress: "a MAC address"
        case .subscriberNumber: "an IMSI or IMEI"
        case .phoneNumber: "a telephone number"
        case .numberPlate: "a number plate"
        case .named: "personal data"
        }
    }
}

/// Where in bytes something personal stands.
struct PersonalDataFinding: Equatable {
    var kind: PersonalDataKind
    var range: Range<Int>
    var form: Form = .plain

    /// How it is written, which says how it can be masked.
    enum Form: Equatable {
        case plain
        /// A number that stands by itself in JSON.
        case number
        /// What stands between quotes, with its escapes.
        case text
        /// An object or an array, with so many backslashes before each of its quotes.
        case composite(backslashes: Int)
    }
}
