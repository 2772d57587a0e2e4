import Telemetry

/// What the fields of a source's payloads stand for: by the configuration, the format's conventions, or their names.
///
/// Remembers the answer for each name as it arrives, so that no text is made for a name that came before. One thread.
final class SourceVocabulary {
    /// What `values` lists, in the order of the configuration.
    let listed: [(path: JSONPath, meaning: FieldMeaning)]
    private let units: [String: String]
    private let catalogue: QuantityCatalogue
    private let conventions: [String: FieldConvention]
    private let isClosed: Bool
    private let listedByName: [String: FieldMeaning]
    private let unread: UnreadNames?
    private var fields = ByteTable<FieldMeaning?>()
    private var quantities = ByteTable<FieldMeaning?>()

    /// - Parameters:
    ///   - conventions: what the format calls things, by the field's exact name.
    ///   - unread: is told of names that mean nothing.
    ///   - isClosed: the format has no other names; what sounds like a quantity is something else.
    init(
        source: Source, catalogue: QuantityCatalogue, conventions: [String: FieldConvention] = [:],
        isClosed: Bool = false, unread: UnreadNames? = nil
    ) {
        self.unread = unread
        units = source.units
        self.catalogue = catalogue
        self.conventions = conventions
        self.isClosed = isClosed
        listed = source.values.map {
            (
                path: $0.path,
                meaning: FieldMeaning(quantity: $0.quantity, unit: source.units[$0.quantity], isExplicit: true)
            )
        }
        listedByName = Dictionary(
            listed.map { (String(decoding: $0.path.fieldName, as: UTF8.self), $0.meaning) },
            uniquingKeysWith: { first, _ in first })
    }

    /// What a field means whose name stands in the payload; nil for a name that says nothing.
    ///
    /// Where `values` lists fields, only those mean anything.
    func meaning(ofField name: UnsafeRawBufferPointer) -> FieldMeaning? {
        fields.value(for: name) {
            let text = String(decoding: name, as: UTF8.self)
            if !listed.isEmpty { return listedByName[text] }
            if let convention = conventions[text] {
                return FieldMeaning(
                    quantity: convention.quantity, unit: units[convention.quantity] ?? convention.unit,
                    isExplicit: false)
            }
            if isClosed { return nil }
            return knownQuantity(text).map { FieldMeaning(quantity: $0, unit: units[$0], isExplicit: false) }
        }
    }

    /// Notes that a field was not read, where somebody wants to know. With `values` that is what was asked for.
    func noteUnread(_ name: UnsafeRawBufferPointer) {
        if listed.isEmpty { unread?.note(name) }
    }

    /// What a name means that the topic or the payload gives for the quantity. An unknown one stays as it is.
    func meaning(ofQuantity name: UnsafeRawBufferPointer) -> FieldMeaning {
        let known = quantities.value(for: name) {
            knownQuantity(String(decoding: name, as: UTF8.self)).map {
                FieldMeaning(quantity: $0, unit: units[$0], isExplicit: true)
            }
        }
        return known ?? FieldMeaning(quantity: name.text, unit: nil, isExplicit: true)
    }

    private func knownQuantity(_ name: String) -> String? {
        if catalogue[name] != nil { return name }
        let name = name.lowercased()
        if catalogue[name] != nil { return name }
        guard let alias = QuantityAliases.canonical[name], catalogue[alias] != nil else { return nil }
        return alias
    }
}

extension JSONPath {
    /// The name of a field, in formats that have no structure: what stands there, but for quotes around all of it.
    var fieldName: [UInt8] {
        if steps.count == 1, case .key(let key) = steps[0] { return key }
        return Array(text.utf8)
    }
}
