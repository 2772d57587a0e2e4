import Glibc
import Telemetry
import TestKit

/// Messages as a broker has them, in the order in which it delivers them, of some hours: readings with and without a time
/// of their own, late ones, repeated ones, second values for a time, and what belongs in quarantine.
struct CutDelivery {
    struct Message {
        /// When it comes.
        var time: Timestamp
        var offers: [CoreBench.Offer]
        /// What of it goes to the quarantine.
        var held: String?
    }

    private(set) var messages: [Message] = []

    /// The one series whose readings have no time of their own.
    static let untimed = 2

    private let lateShare: Int
    private let greatestDelay: Int64
    private var random: SeededGenerator
    private var totals: [Int: Double] = [:]
    /// Newest last.
    private var recent: [CoreBench.Offer] = []

    /// - Parameter lateShare: of so many readings one comes up to `greatestDelay` late, in milliseconds.
    init(seed: UInt64, start: Timestamp, count: Int, lateShare: Int = 5, greatestDelay: Int64 = 1_200_000) {
        self.lateShare = lateShare
        self.greatestDelay = greatestDelay
        random = SeededGenerator(seed: seed)
        var time = start + 5000
        for number in 0..<count {
            time = time + Int64.random(in: 1...120, using: &random) * 1000
            messages.append(message(number: number, at: time))
        }
    }

    private mutating func message(number: Int, at time: Timestamp) -> Message {
        var message = Message(time: time, offers: [])
        switch Int.random(in: 0..<10, using: &random) {
        case 0: message.held = "held-\(number)"
        case 1:
            message.held = "held-\(number)"
            message.offers = offers(at: time)
        case 2: message.offers = [.init(series: CutDelivery.untimed, time: nil, value: Double(number))]
        default: message.offers = offers(at: time)
        }
        return message
    }

    private mutating func offers(at time: Timestamp) -> [CoreBench.Offer] {
        (0..<Int.random(in: 1...5, using: &random)).map { _ in
            if Int.random(in: 0..<8, using: &random) == 0, var again = recent.suffix(20).randomElement(using: &random) {
                if Bool.random(using: &random) { again.value += 1 }
                return again
            }
            let offer = offer(at: time)
            recent.append(offer)
            return offer
        }
    }

    private mutating func offer(at time: Timestamp) -> CoreBench.Offer {
        var series = Int.random(in: 0..<CoreBench.seriesCount - 1, using: &random)
        if series >= CutDelivery.untimed { series += 1 }
        let delay = Int.random(in: 0..<lateShare, using: &random) == 0 ? greatestDelay : 2000
        let taken = time - Int64.random(in: 0...delay, using: &random)
        return .init(
            series: series, time: Timestamp(milliseconds: taken.milliseconds / 500 * 500), value: value(of: series))
    }

    private mutating func value(of series: Int) -> Double {
        switch CoreBench.quantity(of: series).kind {
        case .counter:
            totals[series, default: 0] += Double(Int.random(in: 0...9, using: &random))
            return CoreBench.rules(of: series).counterWidth == nil ? totals[series]! : fmod(totals[series]!, 256)
        case .intervalCount, .event: return Double(Int.random(in: 0...9, using: &random))
        case .circular: return Double(Int.random(in: -20...380, using: &random))
        case .gauge: return Double(Int.random(in: -300...12_000, using: &random)) / 10
        }
    }
}
