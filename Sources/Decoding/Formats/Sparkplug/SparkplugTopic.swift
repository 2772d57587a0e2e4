import Telemetry

/// `spBv1.0/group/TYPE/node[/device]`, behind whatever a bridge put before it. Source: Sparkplug 3.0, 4.1.
struct SparkplugTopic {
    let type: MessageType
    let group: UnsafeRawBufferPointer
    let node: UnsafeRawBufferPointer
    /// Empty for the node itself.
    let device: UnsafeRawBufferPointer

    enum MessageType {
        case birth
        case data
        /// Deaths, commands and the state of host applications hold no readings.
        case other
    }

    /// - Returns: nil for what is no Sparkplug B topic.
    init?(_ topic: UnsafeRawBufferPointer) {
        guard var rest = SparkplugTopic.behindNamespace(topic) else { return nil }
        let group = SparkplugTopic.takeLevel(from: &rest)
        let type = SparkplugTopic.takeLevel(from: &rest)
        let node = SparkplugTopic.takeLevel(from: &rest)
        self.group = group
        self.node = node
        device = rest
        // spBv1.0/STATE/host_id
        if group.hasSameBytes(as: "STATE") {
            self.type = .other
            return
        }
        guard !group.isEmpty, !node.isEmpty, !rest.contains(UInt8(ascii: "/")) else { return nil }
        if type.hasSameBytes(as: rest.isEmpty ? "NDATA" : "DDATA") {
            self.type = .data
        } else if type.hasSameBytes(as: rest.isEmpty ? "NBIRTH" : "DBIRTH") {
            self.type = .birth
        } else {
            guard SparkplugTopic.otherTypes.contains(where: type.hasSameBytes(as:)) else { return nil }
            self.type = .other
        }
    }

    private static let otherTypes: [StaticString] = ["NDEATH", "DDEATH", "NCMD", "DCMD"]

    var isOfNode: Bool { device.isEmpty }

    private static func behindNamespace(_ topic: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var rest = topic
        while !rest.isEmpty {
            if takeLevel(from: &rest).hasSameBytes(as: "spBv1.0") { return rest }
        }
        return nil
    }

    /// The first level, which is taken off together with its slash.
    private static func takeLevel(from rest: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.count
        defer { rest = rest.part(min(end + 1, rest.count)...) }
        return rest.part(..<end)
    }
}
