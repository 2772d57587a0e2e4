/// What a server answered, whatever its status.
public struct HTTPResponse: Sendable, Hashable {
    /// 200 to 599.
    public var status: Int
    /// In the order in which they came; names as they came, which mean the same in any case.
    public var headers: [(name: String, value: String)] { pairs.map { ($0.name, $0.value) } }
    /// No longer than ``HTTPOptions/longestAnswer``; what came beyond it was not taken.
    public var body: [UInt8]
    /// Whether there was more.
    public var isCut: Bool

    private var pairs: [Pair]

    private struct Pair: Sendable, Hashable {
        var name: String
        var value: String
    }

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], isCut: Bool = false) {
        self.status = status
        pairs = headers.map { Pair(name: $0.name, value: $0.value) }
        self.body = body
        self.isCut = isCut
    }

    /// The first header of a name, in any case. Source: RFC 9110, 5.1.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return pairs.first { $0.name.lowercased() == wanted }?.value
    }
}
