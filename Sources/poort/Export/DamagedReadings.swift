import Storage

extension StoreReader {
    /// For the end of a command, when everything that can be read is printed.
    /// - Throws: where something was left out since it is damaged.
    func expectWhole() throws(CommandFailure) {
        let errors = damageErrors
        guard let first = errors.first else { return }
        let others = errors.count - 1
        throw CommandFailure(
            "readings are missing from this: \(first)"
                + (others > 0 ? "; and \(Grouped.text(others)) more segments" : ""),
            exitCode: CommandFailure.problem)
    }
}
