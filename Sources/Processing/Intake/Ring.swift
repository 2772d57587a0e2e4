import Synchronization

/// A bounded queue between exactly two threads, without locks.
///
/// `Ring.make` gives its two ends; each end is noncopyable and belongs to one thread, so that a second producer or
/// consumer does not compile. The producer's elements become visible at ``Producer/publish()`` or when the ring fills
/// up, which lets a burst cost one atomic store.
public enum Ring<Element: ~Copyable & Sendable> {
    /// - Parameter capacity: rounded up to a power of two, at least 2.
    public static func make(capacity: Int) -> Ends {
        let storage = RingStorage<Element>(capacity: capacity)
        return Ends(producer: Producer(storage), consumer: Consumer(storage), gauge: RingGauge(storage: storage))
    }

    /// Both ends, until each is given to its thread.
    @frozen
    public struct Ends: ~Copyable {
        public var producer: Producer
        public var consumer: Consumer
        /// How full it is, for any thread.
        public let gauge: RingGauge
    }

    /// The writing end, for one thread.
    public struct Producer: ~Copyable, Sendable {
        private let storage: RingStorage<Element>
        private var tail = 0
        private var knownHead = 0

        fileprivate init(_ storage: RingStorage<Element>) { self.storage = storage }

        /// Whether an element can be pushed. Publishes what was pushed when there is no room, so that the consumer can
        /// make some.
        public mutating func hasRoom() -> Bool {
            if tail - knownHead < storage.capacity { return true }
            knownHead = storage.head.load(ordering: .acquiring)
            if tail - knownHead < storage.capacity { return true }
            publish()
            return false
        }

        /// Adds an element. Only after ``hasRoom()`` was true.
        public mutating func push(_ element: consuming Element) {
            precondition(tail - knownHead < storage.capacity, "pushed into a full ring")
            (storage.slots + (tail & storage.mask)).initialize(to: element)
            tail += 1
        }

        /// Shows all that was pushed to the consumer.
        public mutating func publish() {
            storage.tail.store(tail, ordering: .releasing)
        }

        deinit { storage.tail.store(tail, ordering: .releasing) }
    }

    /// The reading end, for one thread.
    public struct Consumer: ~Copyable, Sendable {
        private let storage: RingStorage<Element>
        private var head = 0
        private var knownTail = 0

        fileprivate init(_ storage: RingStorage<Element>) { self.storage = storage }

        /// Whether something is published.
        public var hasElement: Bool { storage.tail.load(ordering: .sequentiallyConsistent) != head }

        /// The oldest published element, or nil when there is none.
        public mutating func pop() -> Element? {
            if head == knownTail {
                knownTail = storage.tail.load(ordering: .acquiring)
                if head == knownTail { return nil }
            }
            let element = (storage.slots + (head & storage.mask)).move()
            head += 1
            storage.head.store(head, ordering: .releasing)
            return element
        }
    }
}

/// How full a ring is. Any thread; a moment's view.
public struct RingGauge: Sendable {
    private let readDepth: @Sendable () -> Int
    public let capacity: Int

    fileprivate init<Element: ~Copyable & Sendable>(storage: RingStorage<Element>) {
        capacity = storage.capacity
        readDepth = {
            storage.tail.load(ordering: .relaxed) - storage.head.load(ordering: .relaxed)
        }
    }

    /// From 0 to ``capacity``.
    public var depth: Int { min(max(readDepth(), 0), capacity) }
}

private final class RingStorage<Element: ~Copyable & Sendable>: @unchecked Sendable {
    let slots: UnsafeMutablePointer<Element>
    let capacity: Int
    let mask: Int
    /// Elements taken out so far; written by the consumer.
    let head = Atomic<Int>(0)
    /// Keeps the two counters on cache lines of their own.
    private let padding: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0)
    /// Elements put in so far; written by the producer.
    let tail = Atomic<Int>(0)

    init(capacity: Int) {
        var rounded = 2
        while rounded < capacity { rounded *= 2 }
        self.capacity = rounded
        mask = rounded - 1
        slots = .allocate(capacity: rounded)
    }

    deinit {
        for index in head.load(ordering: .acquiring)..<tail.load(ordering: .acquiring) {
            (slots + (index & mask)).deinitialize(count: 1)
        }
        slots.deallocate()
    }
}
