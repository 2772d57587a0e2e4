/// For each packet id the last message that had it and may have to be recognised, in pages that are made when needed.
///
/// A megabyte when every id has been used, nothing when none was.
struct PacketIDTable: Sendable {
    struct Use: Sendable {
        /// Which message of the session it was; 0 for none.
        var position: Int64 = 0
        var identity: UInt32 = 0
    }

    private var pages: [[Use]] = []

    subscript(id: UInt16) -> Use {
        get {
            if pages.isEmpty { return Use() }
            let page = pages[Int(id >> 8)]
            return page.isEmpty ? Use() : page[Int(id & 0xFF)]
        }
        set {
            if pages.isEmpty { pages = Array(repeating: [], count: 256) }
            let page = Int(id >> 8)
            if pages[page].isEmpty { pages[page] = Array(repeating: Use(), count: 256) }
            pages[page][Int(id & 0xFF)] = newValue
        }
    }

    mutating func removeAll() { pages = [] }
}
