import Telemetry

/// What births have said of metrics, by edge node and device: aliases, datatypes and units hold until the next birth.
///
/// Bounded: 1024 nodes and devices, whose names have at most 128 bytes together with their group, and as many metrics
/// as ``maximumCount``. One thread.
final class SparkplugBirths {
    private var places = ByteTable<Int>()
    private var publishers: [SparkplugPublisher] = []
    private let maximumCount: Int
    private var count = 0

    private static let maximumPublishers = 1024
    private static let longestName = 128

    init(maximumCount: Int) {
        self.maximumCount = maximumCount
    }

    /// - Parameter node: that of a device.
    /// - Returns: nil when no more are remembered.
    func publisher(_ name: UnsafeRawBufferPointer, of node: SparkplugPublisher?) -> SparkplugPublisher? {
        guard name.count <= SparkplugBirths.longestName else { return nil }
        let place = places.value(for: name) {
            guard publishers.count < SparkplugBirths.maximumPublishers else { return -1 }
            let publisher = SparkplugPublisher()
            publishers.append(publisher)
            node?.devices.append(publisher)
            return publishers.count - 1
        }
        return place < 0 ? nil : publishers[place]
    }

    /// A node's birth ends what its devices have said too: each is born again after it. Source: Sparkplug 3.0, 6.4.19.
    func begin(_ publisher: SparkplugPublisher) {
        for device in publisher.devices { begin(device) }
        count -= publisher.metrics.count
        publisher.metrics.removeAll(keepingCapacity: true)
    }

    /// - Returns: false when no more metrics are remembered.
    func learn(_ definition: SparkplugDefinition, as key: SparkplugPublisher.Key, of publisher: SparkplugPublisher)
        -> Bool
    {
        guard count < maximumCount || publisher.metrics[key] != nil else { return false }
        if publisher.metrics.updateValue(definition, forKey: key) == nil { count += 1 }
        return true
    }
}

/// An edge node, or a device that sends through one.
final class SparkplugPublisher {
    fileprivate var metrics: [Key: SparkplugDefinition] = [:]
    fileprivate var devices: [SparkplugPublisher] = []

    enum Key: Hashable {
        case alias(UInt64)
        /// By the name's hash.
        case name(UInt64)

        static func name(_ name: UnsafeRawBufferPointer) -> Key { .name(PayloadIdentity.hash(name, seed: 4)) }
    }

    subscript(key: Key) -> SparkplugDefinition? { metrics[key] }
}

/// A metric as its birth defines it.
struct SparkplugDefinition {
    /// Nil for a metric whose name says nothing.
    var meaning: FieldMeaning?
    var datatype: SparkplugDatatype?
    var unit: [UInt8]?
}
