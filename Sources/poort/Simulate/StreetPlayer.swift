import Glibc
import MQTT
import Simulation
import Telemetry

/// Publishes a street's messages when their time has come. Blocking, one thread.
///
/// While the broker is away the street goes on: what it says meanwhile is published once the broker is back.
final class StreetPlayer {
    private let street: Street
    private let broker: MQTTOptions
    private let faults: FaultList?
    private var publisher: MQTTPublisher?
    private var tally = Tally()
    /// Published and not yet acknowledged, oldest first. QoS 1 messages are acknowledged in the order in which they were
    /// published (MQTT 5.0, 4.6), so it is as many of the last ones as the publisher still waits for.
    private var unacknowledged: [SimulatedMessage] = []
    /// How many of these the present connection was given.
    private var handedCount = 0
    private var lost: MQTTError?
    private var refusal: MQTTError?

    private static let windowSize = 500
    private static let reconnectMilliseconds: Int64 = 500
    /// How long it waits at the end for acknowledgements.
    private static let drainMilliseconds: Int64 = 5000

    /// Connects.
    /// - Parameter faults: where to write what was injected.
    init(_ street: Street, broker: MQTTOptions, faults: FaultList? = nil) throws(MQTTError) {
        self.faults = faults
        self.street = street
        self.broker = broker
        publisher = try StreetPlayer.connect(broker)
    }

    /// How it ended.
    struct Ending {
        var summary: String
        /// When something is not acknowledged.
        var failure: CommandFailure?
    }

    /// Plays until a signal comes, or for that long.
    /// - Parameter backlogMilliseconds: how far back to begin; what is due by now is published at once.
    func play(seconds: Double?, backlogMilliseconds: Int64) throws -> Ending {
        let began = ContinuousClock.now
        let start = Timestamp.now()
        let end = seconds.map { start + Int64($0 * 1000) } ?? .distantFuture
        // The clock that never steps tells how far the street has come, so that setting the clock makes no jump in it.
        func now() -> Timestamp { start + (ContinuousClock.now - began).wholeMilliseconds }
        var messages = street.messages(from: start - backlogMilliseconds, to: end)
        messages.listsFaults = faults != nil
        var upcoming = messages.next()
        var progress = ProgressLine()
        while !Interruption.hasCome, refusal == nil, now() < end {
            if publisher == nil {
                if !reconnect() { Interruption.sleep(milliseconds: StreetPlayer.reconnectMilliseconds) }
            } else if let message = upcoming, message.published <= now(),
                unacknowledged.count < StreetPlayer.windowSize
            {
                publish(message)
                upcoming = messages.next()
                try faults?.write(messages.takeFaults())
            } else {
                let wait = min(upcoming?.published ?? end, end) - now()
                idle(milliseconds: min(100, max(1, wait)))
            }
            progress.show(progressText)
        }
        try faults?.write(messages.takeFaults() + messages.ongoingFaults)
        drain()
        progress.finish()
        publisher?.close()
        return ending(elapsedMilliseconds: now() - start)
    }

    private var progressText: String {
        if let lost { return "\(tally); trying again: \(lost)" }
        return "\(tally), \(Grouped.text(tally.total - unacknowledged.count)) acknowledged; Ctrl-C ends"
    }

    private static func connect(_ broker: MQTTOptions) throws(MQTTError) -> MQTTPublisher {
        // One more than is ever used, so that the publisher never blocks on a full window.
        try MQTTPublisher(broker, windowSize: windowSize + 1)
    }

    private func publish(_ message: SimulatedMessage) {
        tally.count(message.kind)
        unacknowledged.append(message)
        attempt { publisher throws(MQTTError) in try hand(message, to: publisher) }
    }

    /// What the publisher was given it counts as unacknowledged, even if the connection is lost over it.
    private func hand(_ message: SimulatedMessage, to publisher: MQTTPublisher) throws(MQTTError) {
        handedCount += 1
        try publisher.publish(message.topic, payload: message.payload)
    }

    private func idle(milliseconds: Int64) {
        attempt { publisher throws(MQTTError) in try publisher.idle(milliseconds: Int32(milliseconds)) }
    }

    /// Does something with the connection, and notes what was acknowledged or that the connection is lost.
    private func attempt(_ work: (MQTTPublisher) throws(MQTTError) -> Void) {
        guard let publisher else { return }
        do throws(MQTTError) {
            try work(publisher)
            lost = nil
        } catch {
            lost = error
            self.publisher = nil
        }
        refusal = refusal ?? publisher.refusal
        let acknowledgedCount = handedCount - publisher.unacknowledgedCount
        unacknowledged.removeFirst(acknowledgedCount)
        handedCount -= acknowledgedCount
    }

    /// Tries once, and publishes again what was not acknowledged.
    /// - Returns: whether the broker is there.
    private func reconnect() -> Bool {
        do throws(MQTTError) {
            publisher = try StreetPlayer.connect(broker)
        } catch {
            lost = error
            return false
        }
        handedCount = 0
        let again = unacknowledged
        attempt { publisher throws(MQTTError) in
            for message in again { try hand(message, to: publisher) }
        }
        return publisher != nil
    }

    private func drain() {
        let deadline = ContinuousClock.now + .milliseconds(StreetPlayer.drainMilliseconds)
        while !unacknowledged.isEmpty, ContinuousClock.now < deadline {
            if publisher != nil {
                idle(milliseconds: 50)
            } else if !reconnect() {
                usleep(UInt32(StreetPlayer.reconnectMilliseconds) * 1000)
            }
        }
    }

    private func ending(elapsedMilliseconds: Int64) -> Ending {
        let acknowledged = tally.total - unacknowledged.count
        let elapsed = Age.text(seconds: Double(elapsedMilliseconds) / 1000)
        let share = unacknowledged.isEmpty ? "all" : Grouped.text(acknowledged)
        var ending = Ending(summary: "\(tally) in \(elapsed), \(share) acknowledged")
        if let refusal {
            ending.failure = CommandFailure("\(refusal)", exitCode: CommandFailure.problem)
            return ending
        }
        guard let lost else {
            if !unacknowledged.isEmpty {
                ending.failure = CommandFailure(
                    "the broker has not acknowledged \(Grouped.text(unacknowledged.count)) messages; is it overloaded?",
                    exitCode: CommandFailure.problem)
            }
            return ending
        }
        ending.failure = CommandFailure("\(lost)", exitCode: CommandFailure.notReachable)
        return ending
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
