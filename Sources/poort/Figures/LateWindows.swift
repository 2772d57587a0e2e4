import Storage

/// Says when figures lag behind the readings, as after an outage.
enum LateWindows {
    static func warn(_ reader: StoreReader) throws {
        let count = try reader.lateWindowCount()
        if count > 0 {
            StandardError.write(
                "poort: readings came late, and \(Grouped.text(count)) minutes of series are still to be computed; "
                    + "figures and windows change until the daemon has done that\n")
        }
    }
}
