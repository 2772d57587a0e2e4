/// What a feature layer calls what we send. Source: Esri, REST API, Layer/Table (`fields`, `globalIdField`).
struct ArcGISLayer: Sendable, Hashable {
    let globalIDField: String
    /// As the layer writes them, by their small letters; nil where it is not known what it has.
    private let fields: [String: String]?

    /// Before the layer was asked.
    static let usual = ArcGISLayer()

    private init() {
        globalIDField = "GlobalID"
        fields = nil
    }

    /// - Returns: nil where it has no GlobalID.
    init?(_ answer: JSONValue) {
        let all = (answer["fields"]?.array ?? []).compactMap { field in
            field["name"]?.string.map { (name: $0, type: field["type"]?.string) }
        }
        let named = answer["globalIdField"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        guard let id = named ?? all.first(where: { $0.type == "esriFieldTypeGlobalID" })?.name else { return nil }
        globalIDField = id
        fields = Dictionary(all.map { ($0.name.lowercased(), $0.name) }) { first, _ in first }
    }

    /// Databases write names in their own case, and ArcGIS puts a `_` behind words that they keep to themselves.
    /// - Returns: nil where the layer has no such field.
    func name(of field: String) -> String? {
        guard let fields else { return field }
        return fields[field] ?? fields["\(field)_"]
    }

    /// Without these, what is in the layer cannot be told apart by people.
    var missing: [String] {
        ["device", "quantity", "window_start"].filter { name(of: $0) == nil }
    }
}
