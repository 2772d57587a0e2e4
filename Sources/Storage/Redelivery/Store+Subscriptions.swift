extension Store {
    /// Notes what the session at the broker is subscribed to, in place of what was noted before.
    public func setSubscriptions(_ filters: [String]) throws(StorageError) {
        try begin()
        try database.execute("DELETE FROM subscriptions", operation: "forget the subscriptions")
        let insert = try database.prepare("INSERT INTO subscriptions(filter) VALUES(?1) ON CONFLICT DO NOTHING")
        for filter in filters {
            insert.bind(1, filter)
            try insert.run("note a subscription")
        }
    }
}

extension StoreReader {
    /// What the session at the broker was subscribed to when it was last greeted.
    public func subscriptions() throws(StorageError) -> [String] {
        let select = try database.prepare("SELECT filter FROM subscriptions ORDER BY filter")
        var filters: [String] = []
        while try select.step("read the subscriptions") { filters.append(select.text(0)) }
        return filters
    }
}
