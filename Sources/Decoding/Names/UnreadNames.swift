/// The names of fields that say nothing, for a person who wonders why a value is not there. Not kept by the daemon.
final class UnreadNames {
    private(set) var names: [String] = []
    private static let maximumCount = 64

    func removeAll() { names.removeAll(keepingCapacity: true) }

    func note(_ name: UnsafeRawBufferPointer) {
        let name = name.text
        if names.count < UnreadNames.maximumCount, !names.contains(name) { names.append(name) }
    }
}
