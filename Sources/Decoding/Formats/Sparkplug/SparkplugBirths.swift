import Telemetry

/// What births have said of metrics, by edge node and device: aliases, datatypes and units hold until the next birth.
///
/// Bounded: 1024 nodes and devices, whose names have at most 128 bytes together with their group, and as many metrics
/// as ``maximumCount``. One thread.
final class SparkplugBirths {
    private var places = ByteTable<Int>()
    private var publishers: [SparkplugPublisher] = []
    var maximumCount: Int
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
    func begin(_ publisher: SparkplugPublisher, at time: Timestamp) {
        for device in publisher.devices { begin(device, at: time) }
        publisher.born = time
        count -= publisher.metrics.count
        publisher.metrics.removeAll(keepingCapacity: true)
    }

    /// Reads the metrics' names anew, by a configuration that may know others.
    func redefine(_ meaning: (_ name: [UInt8]) -> FieldMeaning?) {
        for publisher in publishers {
            publisher.metrics = publisher.metrics.mapValues { definition in
                var definition = definition
                if !definition.name.isEmpty { definition.meaning = meaning(definition.name) }
                return definition
            }
        }
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
    /// When it said what it is held to now; for a device also when its node did.
    fileprivate var born = Timestamp.distantPast

    enum Key: Hashable {
        case alias(UInt64)
        /// By the name's hash.
        case name(UInt64)

        static func name(_ name: UnsafeRawBufferPointer) -> Key { .name(PayloadIdentity.hash(name, seed: 4)) }
    }

    subscript(key: Key) -> SparkplugDefinition? { metrics[key] }

    /// Whether it, or a device that sends through it, was born after a time.
    func isBorn(after time: Timestamp) -> Bool { born > time || devices.contains { $0.born > time } }
}

/// A metric as its birth defines it.
struct SparkplugDefinition {
    /// Empty for one that is too long to be kept.
    let name: [UInt8]
    /// Nil for a metric whose name says nothing.
    var meaning: FieldMeaning?
    var datatype: SparkplugDatatype?
    var unit: [UInt8]?
}
