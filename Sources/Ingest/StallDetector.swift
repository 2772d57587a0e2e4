/// Finds out that a broker has fewer messages in flight than we offered to take, so that waiting for more is vain.
///
/// It shows when deliveries begin at once after an acknowledgement, and stop at the same count twice, long before the
/// commit is due. A steady trickle can look the same, and would then be committed in small pieces, which wears flash:
/// so what was found is forgotten after a while, and has to show again. That takes two intervals, in which the broker
/// waits: a small part of the while.
struct StallDetector {
    private(set) var window: Int?
    private var foundAt: Int64 = 0
    private var lastCount = 0
    private var beganAtOnce = false

    private static func memory(_ interval: Int64) -> Int64 { max(30_000, 20 * interval) }

    mutating func batchBegan(afterWriting milliseconds: Int64) {
        beganAtOnce = milliseconds < 100
    }

    mutating func batchEnded(count: Int, quietFor: Int64, interval: Int64, now: Int64) {
        if let window {
            if count < window || now - foundAt >= StallDetector.memory(interval) { self.window = nil }
            lastCount = 0
        } else if beganAtOnce, quietFor >= interval / 2 {
            if count == lastCount {
                window = count
                foundAt = now
            }
            lastCount = count
        } else {
            lastCount = 0
        }
    }
}
