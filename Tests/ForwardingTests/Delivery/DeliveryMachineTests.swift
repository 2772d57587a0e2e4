@testable import Forwarding
import TestKit
import Testing

@Suite("Delivery machine")
struct DeliveryMachineTests {
    @Test("has nothing to do for nothing")
    func empty() {
        let machine = DeliveryMachine(rowCount: 0)
        #expect(machine.next(most: 10) == nil && machine.settledCount == 0)
    }

    @Test("goes on behind what was taken")
    func portions() {
        var machine = DeliveryMachine(rowCount: 10)
        #expect(machine.next(most: 4) == 0..<4)
        _ = machine.answered(0..<4, [])
        #expect(machine.settledCount == 4 && machine.next(most: 100) == 4..<10)
        _ = machine.answered(4..<10, [])
        #expect(machine.next(most: 1) == nil && machine.settledCount == 10)
    }

    @Test("sets aside the row that is refused alone, and sends all others")
    func bisection() {
        var machine = DeliveryMachine(rowCount: 16)
        let bad: Set = [3, 11]
        var taken: [Int] = []
        var deliveries = 0
        while let rows = machine.next(most: 100) {
            deliveries += 1
            if rows.contains(where: bad.contains) {
                machine.split(rows, reason: "no")
            } else {
                taken += rows
                _ = machine.answered(rows, [])
            }
        }
        #expect(taken == (0..<16).filter { !bad.contains($0) })
        #expect(machine.refused(in: 0..<16).map(\.row) == [3, 11])
        #expect(machine.refused(in: 0..<11).map(\.row) == [3])
        #expect(deliveries <= 1 + 2 * 2 * 4)
    }

    @Test("sends again what was not taken before anything that comes behind it")
    func again() {
        var machine = DeliveryMachine(rowCount: 6)
        let outcomes: [Delivery.Outcome] = [.taken, .again("busy"), .refused("bad"), .again("busy")]
        #expect(machine.answered(0..<4, outcomes) == "busy")
        #expect(machine.settledCount == 1)
        #expect(machine.next(most: 10) == 1..<2)
        #expect(machine.answered(1..<2, []) == nil)
        #expect(machine.settledCount == 3 && machine.next(most: 10) == 3..<4)
        _ = machine.answered(3..<4, [.refused("late")])
        #expect(machine.next(most: 10) == 4..<6)
        #expect(machine.refused(in: 0..<6).map(\.row) == [2, 3])
    }

    @Test("settles every row once, in order, whatever the server says")
    func anyServer() {
        var random = SeededGenerator.fromEnvironment()
        for _ in 0..<500 {
            let count = Int.random(in: 1...40, using: &random)
            let bad = Set((0..<count).filter { _ in Int.random(in: 0..<8, using: &random) == 0 })
            var machine = DeliveryMachine(rowCount: count)
            var taken: [Int] = []
            var settled = 0
            var steps = 0
            while let rows = machine.next(most: Int.random(in: 1...12, using: &random)) {
                steps += 1
                #expect(steps < 10_000 && rows.lowerBound == machine.settledCount, "seed \(random.seed)")
                switch Int.random(in: 0..<4, using: &random) {
                case 0: break
                case 1 where rows.contains(where: bad.contains): machine.split(rows, reason: "no")
                default:
                    let outcomes: [Delivery.Outcome] = rows.map { row in
                        if bad.contains(row) { return .refused("no") }
                        if Bool.random(using: &random) { return .again("busy") }
                        taken.append(row)
                        return .taken
                    }
                    _ = machine.answered(rows, outcomes)
                }
                #expect(machine.settledCount >= settled, "seed \(random.seed)")
                settled = machine.settledCount
            }
            #expect(taken.sorted() == (0..<count).filter { !bad.contains($0) }, "seed \(random.seed)")
            #expect(Set(machine.refused(in: 0..<count).map(\.row)) == bad, "seed \(random.seed)")
        }
    }
}
