/// Where flexible JSON says what; nil where the topic says it, or nothing does.
public struct PayloadPaths: Sendable, Hashable {
    /// The value of a message with a single reading.
    public var value: JSONPath?
    public var time: JSONPath?
    public var unit: JSONPath?
    public var device: JSONPath?
    public var quantity: JSONPath?

    public init(
        value: JSONPath? = nil, time: JSONPath? = nil, unit: JSONPath? = nil, device: JSONPath? = nil,
        quantity: JSONPath? = nil
    ) {
        self.value = value
        self.time = time
        self.unit = unit
        self.device = device
        self.quantity = quantity
    }
}

/// A quantity and where its value stands: a path into JSON, or the name of a field in formats that have no structure.
public struct NamedPath: Sendable, Hashable {
    public var quantity: String
    public var path: JSONPath

    public init(quantity: String, path: JSONPath) {
        self.quantity = quantity
        self.path = path
    }
}
