import Telemetry

/// The payload of a message: when it was sent, and metrics. Source: sparkplug_b.proto, `Payload`.
struct SparkplugPayload {
    private let bytes: UnsafeRawBufferPointer
    /// Milliseconds since 1970; nil where it is left out, or 0.
    private(set) var timestamp: UInt64?
    /// The metrics are packed into the body. Source: Eclipse Tahu, `PayloadUtil`.
    private(set) var isCompressed = false

    struct Malformed: Error {
        /// Where reading ended, in bytes.
        let position: Int
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(Malformed) {
        self.bytes = bytes
        var reader = ProtobufReader(bytes)
        while let (number, value) = reader.next() {
            switch (number, value) {
            case (1, .varint(let milliseconds)): timestamp = milliseconds == 0 ? nil : milliseconds
            case (4, .bytes(let schema)): isCompressed = schema.hasSameBytes(as: "SPBV1.0_COMPRESSED")
            default: continue
            }
        }
        if reader.isMalformed { throw Malformed(position: reader.position) }
    }

    func forEachMetric(_ visit: (UnsafeRawBufferPointer) -> Void) {
        var reader = ProtobufReader(bytes)
        while let (number, value) = reader.next() {
            if number == 2, case .bytes(let metric) = value { visit(metric) }
        }
    }
}
