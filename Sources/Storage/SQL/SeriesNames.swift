import CSQLite
import Telemetry

/// Device, quantity and unit of each series, as bytes that stay where they are: SQLite is given them without a copy.
///
/// What a series is called never changes, so that those that are known are not read again.
final class SeriesNames {
    struct Name {
        var device: UnsafePointer<CChar>?
        var deviceCount: Int32 = 0
        var quantity: UnsafePointer<CChar>?
        var quantityCount: Int32 = 0
        var unit: UnsafePointer<CChar>?
        var unitCount: Int32 = 0
    }

    /// By number, from 0; those that are not there have no texts.
    struct List {
        var names: UnsafeMutablePointer<Name>
        var count: Int
    }

    /// Its address does not change.
    let list: UnsafeMutablePointer<List>
    private let select: Statement
    private var texts: [UnsafeMutablePointer<CChar>] = []
    private var capacity = 64
    /// Beyond it a number can only come from a damaged file.
    private static let largestID: Int64 = 1 << 22

    enum Part {
        case device, quantity, unit
    }

    init(_ database: Database) throws(StorageError) {
        select = try database.prepare("SELECT id, device, quantity, unit FROM main.series WHERE id >= ?1 ORDER BY id")
        list = .allocate(capacity: 1)
        list.initialize(to: List(names: .allocate(capacity: 64), count: 0))
        list.pointee.names.initialize(repeating: Name(), count: capacity)
    }

    deinit {
        list.pointee.names.deallocate()
        list.deallocate()
        for text in texts { text.deallocate() }
    }

    /// Learns the series that have come since the last time.
    func refresh() throws(StorageError) {
        select.bind(1, list.pointee.count)
        defer { select.reset() }
        while try select.step("read the series") {
            let id = select.integer(0)
            guard (0...SeriesNames.largestID).contains(id) else { continue }
            makeRoom(for: Int(id))
            var name = Name()
            (name.device, name.deviceCount) = keep(select.bytes(1))
            (name.quantity, name.quantityCount) = keep(select.bytes(2))
            (name.unit, name.unitCount) = keep(select.bytes(3))
            list.pointee.names[Int(id)] = name
            list.pointee.count = Int(id) + 1
        }
    }

    private func makeRoom(for id: Int) {
        guard id >= capacity else { return }
        let larger = max(id + 1, capacity * 2)
        let names = UnsafeMutablePointer<Name>.allocate(capacity: larger)
        names.initialize(repeating: Name(), count: larger)
        names.update(from: list.pointee.names, count: list.pointee.count)
        list.pointee.names.deallocate()
        list.pointee.names = names
        capacity = larger
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) -> (UnsafePointer<CChar>, Int32) {
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
        for (index, byte) in bytes.enumerated() { text[index] = CChar(bitPattern: byte) }
        text[bytes.count] = 0
        texts.append(text)
        return (UnsafePointer(text), Int32(bytes.count))
    }

    /// The series one of whose names is one of these, ascending.
    func series(where part: Part, isOneOf wanted: Set<[UInt8]>) -> [SeriesID] {
        (0..<list.pointee.count).compactMap { id in
            guard let (start, count) = bytes(of: SeriesID(id), part) else { return nil }
            let bytes = [UInt8](UnsafeRawBufferPointer(start: start, count: Int(count)))
            return wanted.contains(bytes) ? SeriesID(id) : nil
        }
    }

    /// A name of a series, for as long as this object lives; nil where the series' row is not there.
    func bytes(of id: SeriesID, _ part: Part) -> (start: UnsafePointer<CChar>, count: Int32)? {
        guard id >= 0, Int(id) < list.pointee.count else { return nil }
        let name = list.pointee.names + Int(id)
        let (start, count) =
            switch part {
            case .device: (name.pointee.device, name.pointee.deviceCount)
            case .quantity: (name.pointee.quantity, name.pointee.quantityCount)
            case .unit: (name.pointee.unit, name.pointee.unitCount)
            }
        return start.map { ($0, count) }
    }

    /// What a series is called; nil where its row is not there.
    func name(of id: SeriesID) -> (device: String, quantity: String, unit: String)? {
        guard id >= 0, Int(id) < list.pointee.count else { return nil }
        let name = list.pointee.names[Int(id)]
        guard let device = name.device, let quantity = name.quantity, let unit = name.unit else { return nil }
        return (String(cString: device), String(cString: quantity), String(cString: unit))
    }

    /// For a message: `aq-0001 pm2_5`, or the number where the series is not known.
    func text(of id: SeriesID) -> String {
        name(of: id).map { "\($0.device) \($0.quantity)" } ?? "series \(id)"
    }
}
