/// Asks again and again until the condition holds.
/// - Parameter limit: gives up after that time; generous, since it is only reached when a test fails.
/// - Returns: whether it held in time.
public func eventually(
    within limit: Duration = .seconds(20), _ condition: () throws -> Bool
) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while true {
        if try condition() { return true }
        if ContinuousClock.now >= deadline { return false }
        // Cancelled by the test's time limit, it is the deadline that ends the loop.
        try? await Task.sleep(for: .milliseconds(5))
    }
}
