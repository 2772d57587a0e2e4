import CMosquitto

/// What a message says of itself beside topic and payload. Source: MQTT 5.0, 3.3.2.3.
public struct MQTTPublishProperties: Sendable, Hashable {
    /// A MIME type.
    public var contentType: String?
    /// Whether the payload is said to be UTF-8.
    public var isText = false
    public var userProperties: [UserProperty] = []

    public struct UserProperty: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(contentType: String? = nil, isText: Bool = false, userProperties: [UserProperty] = []) {
        self.contentType = contentType
        self.isText = isText
        self.userProperties = userProperties
    }

    /// For libmosquitto, which copies it; to be freed. What is not to be said in UTF-8 without control characters is left out.
    var list: OpaquePointer? {
        var list: OpaquePointer?
        if isText { mosquitto_property_add_byte(&list, Int32(MQTT_PROP_PAYLOAD_FORMAT_INDICATOR.rawValue), 1) }
        if let contentType {
            mosquitto_property_add_string(&list, Int32(MQTT_PROP_CONTENT_TYPE.rawValue), contentType)
        }
        for property in userProperties {
            mosquitto_property_add_string_pair(
                &list, Int32(MQTT_PROP_USER_PROPERTY.rawValue), property.name, property.value)
        }
        return list
    }
}
