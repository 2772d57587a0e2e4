/// A value as a payload writes it, before anything is known of its quantity. Texts are valid while the payload is.
enum FieldValue {
    /// May be infinite or not a number, in binary formats.
    case number(Double)
    case boolean(Bool)
    case text(UnsafeRawBufferPointer)
    /// The payload says that there is no value.
    case absent
    /// An array, an object, bytes: whatever holds no value by itself.
    case composite(StaticString)

    /// What it amounts to.
    enum Meaning {
        /// With the unit that stands behind the number, if any.
        case number(Double, unit: UnsafeRawBufferPointer?)
        case boolean(Bool)
        case missing
        case none
    }

    var meaning: Meaning {
        switch self {
        case .number(let number): number.isNaN ? .missing : .number(number, unit: nil)
        case .boolean(let truth): .boolean(truth)
        case .absent: .missing
        case .composite: .none
        case .text(let text): ValueText.meaning(text)
        }
    }

    /// For a person: what stands there.
    var shown: String {
        switch self {
        case .number(let number): "\(number)"
        case .boolean(let truth): truth ? "true" : "false"
        case .text(let text): text.text.excerpt
        case .absent: "null"
        case .composite(let name): "\(name)"
        }
    }
}
