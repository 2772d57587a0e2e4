import Processing
import Testing

@Suite("ByteBudget")
struct ByteBudgetTests {
    @Test("is exhausted while what is held reaches the limit, and not once it is let go")
    func holds() {
        let budget = ByteBudget(limit: 100)
        #expect(!budget.isExhausted)
        var held: [Boxed<Int>] = [Boxed(1, bytes: 60, of: budget)]
        #expect(!budget.isExhausted)
        held.append(Boxed(2, bytes: 1000, of: budget))
        #expect(budget.isExhausted)
        held.removeLast()
        #expect(!budget.isExhausted)
        held.append(Boxed(3, bytes: 40, of: budget))
        #expect(budget.isExhausted)
        held = []
        #expect(!budget.isExhausted)
    }
}
