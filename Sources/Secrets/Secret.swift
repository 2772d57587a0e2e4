/// Text that must not be shown: it describes itself as dots.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// For the library that sends it, and for nothing that is printed or kept.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public var description: String { "•••" }
    public var debugDescription: String { "•••" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
