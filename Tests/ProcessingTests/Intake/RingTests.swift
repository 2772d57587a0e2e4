import Processing
import Synchronization
import TestKit
import Testing
import Threading

@Suite("Ring")
struct RingTests {
    @Test("has slots of 48 bytes for what passes from the broker thread to the core")
    func slotSize() {
        #expect(MemoryLayout<IntakeItem>.stride <= 48)
    }

    @Test("behaves like an array, whatever the order of pushes, publications and pops", arguments: 0..<50)
    func matchesArray(round: UInt64) {
        var random = SeededGenerator(seed: 0x5EED + round)
        let capacity = Int.random(in: 2...33, using: &random)
        var ends = Ring<Int>.make(capacity: capacity)
        var hidden: [Int] = []
        var visible: [Int] = []
        for value in 0..<2000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let hasRoom = ends.producer.hasRoom()
                #expect(hasRoom == (hidden.count + visible.count < ends.gauge.capacity))
                if hasRoom {
                    ends.producer.push(value)
                    hidden.append(value)
                } else {
                    // A full ring shows what it holds, so that the consumer can make room.
                    visible += hidden
                    hidden = []
                }
            case 5:
                ends.producer.publish()
                visible += hidden
                hidden = []
            default:
                let popped = ends.consumer.pop()
                #expect(popped == visible.first)
                if popped != nil { visible.removeFirst() }
            }
            #expect(ends.gauge.depth == visible.count)
            #expect(ends.consumer.hasElement == !visible.isEmpty)
        }
    }

    @Test("passes every element between two threads once and in order", .timeLimit(.minutes(1)))
    func crossesThreads() {
        let count = 200_000
        let ends = Ring<Int>.make(capacity: 64)
        let producer = Mutex<Ring<Int>.Producer?>(ends.producer)
        let box = ProducerBox(producer)
        var consumer = ends.consumer
        let thread = WorkerThread(name: "producer") {
            box.use { producer in
                for value in 0..<count {
                    while !producer.hasRoom() {}
                    producer.push(value)
                    if value % 7 == 0 { producer.publish() }
                }
                producer.publish()
            }
        }
        var expected = 0
        while expected < count {
            guard let value = consumer.pop() else { continue }
            if value != expected {
                Issue.record("got \(value) instead of \(expected)")
                return
            }
            expected += 1
        }
        #expect(thread.join(milliseconds: 10_000))
        let isEmpty = consumer.pop() == nil
        #expect(isEmpty)
    }

    @Test("gives back what nobody took when both ends are gone")
    func releasesElements() {
        let alive = Counter()
        do {
            var ends = Ring<Boxed<Tracked>>.make(capacity: 8)
            for _ in 0..<5 {
                if ends.producer.hasRoom() { ends.producer.push(Boxed(Tracked(alive))) }
            }
            ends.producer.publish()
            let isThere = ends.consumer.pop() != nil
            #expect(isThere)
        }
        #expect(alive.count.load(ordering: .relaxed) == 0)
    }
}

private final class ProducerBox: Sendable {
    private let held: Mutex<Ring<Int>.Producer?>

    init(_ held: consuming Mutex<Ring<Int>.Producer?>) {
        self.held = held
    }

    func use(_ body: (inout Ring<Int>.Producer) -> Void) {
        var taken: Ring<Int>.Producer?
        held.withLock { swap(&taken, &$0) }
        guard var producer = taken.take() else { return }
        body(&producer)
    }
}

private final class Counter: Sendable {
    let count = Atomic<Int>(0)
}

private final class Tracked: Sendable {
    private let counter: Counter

    init(_ counter: Counter) {
        self.counter = counter
        counter.count.add(1, ordering: .relaxed)
    }

    deinit { counter.count.subtract(1, ordering: .relaxed) }
}
