import Telemetry
import TestKit
import Testing

@Suite("Pending changes")
struct PendingChangesTests {
    @Test("begin with all that comes")
    func begin() {
        let pending = PendingChanges(from: 5)
        #expect(pending.first == 5 && pending.count(before: 5) == 0 && pending.count(before: 9) == 4)
        #expect(pending.count(before: 2) == 0)
    }

    @Test("leave a stretch behind where something newer was settled first")
    func overtaking() {
        var pending = PendingChanges(from: 1)
        #expect(pending.remove(10..<20) == 10)
        #expect(pending.stretches == [1..<10] && pending.open == 20 && pending.first == 1)
        #expect(pending.remove(1..<4) == 3)
        #expect(pending.remove(4..<10) == 6)
        #expect(pending.stretches.isEmpty && pending.first == 20)
    }

    @Test("are set apart before a number")
    func apart() {
        var pending = PendingChanges(from: 1)
        pending.setApart(before: 10)
        pending.setApart(before: 10)
        pending.setApart(before: 15)
        #expect(pending.stretches == [1..<15] && pending.open == 15)
        pending.remove(15..<18)
        pending.setApart(before: 30)
        #expect(pending.stretches == [1..<15, 18..<30] && pending.open == 30)
    }

    @Test("are a set of numbers, whatever is settled in whatever order")
    func sets() {
        var random = SeededGenerator.fromEnvironment()
        for _ in 0..<300 {
            var pending = PendingChanges(from: 1)
            var waiting = Set<ChangeNumber>(1..<200)
            for _ in 0..<40 {
                let low = ChangeNumber.random(in: 1..<190, using: &random)
                let settled = low..<low + ChangeNumber.random(in: 0..<12, using: &random)
                if Bool.random(using: &random) {
                    let removed = pending.remove(settled)
                    let expected = waiting.intersection(settled).count
                    waiting.subtract(settled)
                    #expect(Int(removed) == expected, "seed \(random.seed)")
                } else {
                    pending.setApart(before: low)
                }
                #expect(pending.count(before: 200) == Int64(waiting.count), "seed \(random.seed)")
                #expect(pending.first == waiting.min() ?? pending.open, "seed \(random.seed)")
                let stretches = pending.stretches
                #expect(zip(stretches, stretches.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
                #expect(stretches.allSatisfy { !$0.isEmpty && $0.upperBound <= pending.open })
            }
        }
    }
}
