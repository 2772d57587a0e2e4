import Telemetry

/// What was counted since the last commit, by source.
struct BatchAccounts {
    private var sources: [SourceLedger] = [BatchAccounts.unmatched]
    private(set) var isEmpty = true

    private static let unmatched = SourceLedger(source: SourceLedger.unmatched)

    /// Sets the names of the sources that message headers refer to. Only when ``isEmpty``.
    mutating func setSources(_ names: [String]) {
        precondition(isEmpty, "what was counted under the old sources is not committed")
        sources = [BatchAccounts.unmatched] + names.map(SourceLedger.init(source:))
    }

    /// Changes a source's account.
    /// - Parameter source: the index in the announced sources, -1 for none.
    mutating func update(_ source: Int16, _ change: (inout SourceLedger) -> Void) {
        isEmpty = false
        change(&sources[Int(source) + 1])
    }

    func name(of source: Int16) -> String { sources[Int(source) + 1].source }

    /// The accounts that have changed.
    var changed: [SourceLedger] { isEmpty ? [] : sources.filter { $0 != SourceLedger(source: $0.source) } }

    mutating func clear() {
        if isEmpty { return }
        for index in sources.indices { sources[index] = SourceLedger(source: sources[index].source) }
        isEmpty = true
    }
}
