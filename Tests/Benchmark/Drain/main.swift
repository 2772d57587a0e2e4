import Glibc
import MQTT
import Telemetry
import TestKit

// Queues readings for two subscribers at one broker, and lets them drain it in turn: the same messages, the same
// machine, the same minute. `drain-benchmark POORT BARE [MESSAGES] [ROUNDS]`; `make bench` builds and calls it.

let deviceCount = 500
let window = 2000

let began = Timestamp.now().milliseconds / 60_000 * 60_000

/// An hour of a street: each device reports every ten seconds. Each round has an hour of its own.
func publish(_ count: Int, round: Int, to broker: PrivateBroker) throws {
    let publisher = try MQTTPublisher(broker.clientOptions(clientID: "street"))
    let turns = count / deviceCount
    let start = began - Int64((round + 1) * turns + 12) * 10_000
    for index in 0..<count {
        let device = index % deviceCount
        let time = start + Int64(index / deviceCount) * 10_000 + Int64(device) * 20
        let value = Double(100 + (index * 37 + device) % 400) / 10
        try publisher.publish(
            "sensors/air_quality/aq-\(device)/pm2_5",
            payload: Array("{\"value\":\(value),\"unit\":\"ug/m3\",\"ts\":\(time)}".utf8))
    }
    try publisher.drain()
    publisher.close()
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func row(_ cells: [String]) -> String {
    zip(cells, [12, 11, 10, 15, 10, 22]).enumerated().map { index, cell in
        let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
        return index == 0 ? cell.0 + padding : padding + cell.0
    }.joined(separator: "  ")
}

func rounded(_ value: Double, _ digits: Double) -> String { "\((value * digits).rounded() / digits)" }

func report(_ results: [(name: String, runs: [Measurement])]) {
    let floor = median(results[0].runs.map(\.messagesPerSecond))
    print(row(["", "messages/s", "of bare C", "CPU µs/message", "peak RSS", "written B/reading"]))
    for (name, runs) in results {
        let rate = median(runs.map(\.messagesPerSecond))
        print(
            row([
                name, "\(Int(rate))", rounded(rate / floor, 100),
                rounded(median(runs.map(\.cpuMicrosecondsPerMessage)), 10),
                rounded(median(runs.map(\.cost.peakResidentBytes)) / 1e6, 10) + " MB",
                rounded(median(runs.map(\.writtenBytesPerReading)), 1),
            ]))
    }
}

func run() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
        throw BenchmarkFailure(description: "usage: drain-benchmark POORT BARE [MESSAGES] [ROUNDS]")
    }
    let count = arguments.count > 3 ? Int(arguments[3]) ?? 200_000 : 200_000
    let rounds = arguments.count > 4 ? Int(arguments[4]) ?? 5 : 5
    let broker = try PrivateBroker()
    let subscribers: [any Subscriber] = [
        BareSubscriber(executable: arguments[2], port: broker.port, window: window),
        GatewaySubscriber(executable: arguments[1], port: broker.port, window: window),
    ]
    for subscriber in subscribers { try subscriber.subscribe() }
    var results = subscribers.map { (name: $0.name, runs: [Measurement]()) }
    print("\(count) queued QoS 1 readings of \(deviceCount) devices, receive maximum \(window), \(rounds) rounds")
    for round in 0..<rounds {
        try publish(count, round: round, to: broker)
        // Who goes first changes, since the broker itself slows down as its memory fragments.
        let order = round % 2 == 0 ? [0, 1] : [1, 0]
        for index in order { results[index].runs.append(try subscribers[index].drain(count)) }
        let rates = results.map { "\($0.name) \(Int($0.runs[round].messagesPerSecond))/s" }
        print("round \(round + 1): " + rates.joined(separator: ", "))
        fflush(nil)
    }
    print("median of the rounds:")
    report(results)
}

do {
    try run()
} catch {
    let complaint = "drain-benchmark: \(error)\n"
    _ = write(STDERR_FILENO, complaint, complaint.utf8.count)
    exit(1)
}
