@testable import Decoding
import TestKit
import Testing

@Suite("ByteTable")
struct ByteTableTests {
    private func value(_ table: inout ByteTable<Int>, _ name: [UInt8], _ made: inout Int) -> Int {
        name.withUnsafeBytes { bytes in
            table.value(for: bytes) {
                made += 1
                return made
            }
        }
    }

    @Test("makes a value once for a name, whatever the order", arguments: 0..<4)
    func likeDictionary(round: UInt64) {
        var random = SeededGenerator(seed: 0xB17E + round)
        var table = ByteTable<Int>()
        var expected: [[UInt8]: Int] = [:]
        var made = 0
        for _ in 0..<20_000 {
            let name = (0..<Int.random(in: 0...6, using: &random)).map { _ in UInt8.random(in: 0...2, using: &random) }
            let found = value(&table, name, &made)
            if let known = expected[name] {
                #expect(found == known, "seed \(random.seed)")
            } else {
                #expect(found == made)
                if expected.count < 1024 { expected[name] = found }
            }
        }
        #expect(expected.count > 500, "enough to make the table grow several times")
    }

    @Test("tells names apart that begin alike, and the empty name from none")
    func alike() {
        var table = ByteTable<Int>()
        var made = 0
        let names: [[UInt8]] = [[], [0], [0, 0], Array("pm2".utf8), Array("pm2.5".utf8), Array("PM2.5".utf8)]
        for name in names { _ = value(&table, name, &made) }
        #expect(made == names.count)
        for (index, name) in names.enumerated() { #expect(value(&table, name, &made) == index + 1) }
    }

    @Test("remembers 1024 names of at most 128 bytes, and works out the others each time")
    func bounded() {
        var table = ByteTable<Int>()
        var made = 0
        let long = [UInt8](repeating: 7, count: 129)
        #expect(value(&table, long, &made) == 1)
        #expect(value(&table, long, &made) == 2)
        for number in 0..<1024 { _ = value(&table, Array("\(number)".utf8), &made) }
        #expect(made == 1026)
        let late = Array("late".utf8)
        #expect(value(&table, late, &made) == 1027)
        #expect(value(&table, late, &made) == 1028)
        #expect(value(&table, Array("0".utf8), &made) == 3)
        #expect(value(&table, Array("1023".utf8), &made) == 1026)
    }

    @Test("remembers that there is nothing")
    func nothing() {
        var table = ByteTable<Int?>()
        var asked = 0
        for _ in 0..<3 {
            let found = Array("status".utf8).withUnsafeBytes { name in
                table.value(for: name) {
                    asked += 1
                    return nil
                }
            }
            #expect(found == nil)
        }
        #expect(asked == 1)
    }
}
