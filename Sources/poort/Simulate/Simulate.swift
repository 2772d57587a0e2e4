import ArgumentParser
import Gateway
import GatewayConfiguration
import Glibc
import MQTT
import Simulation
import Telemetry

struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play a street with sensors: air stations, traffic counters, waste bins.",
        discussion: """
            Publishes at QoS 1 in real time until Ctrl-C or --seconds, and connects anew when the broker goes away. \
            With --capture it writes a stretch of time as a capture instead, for poort replay, as fast as it goes. \
            With --configuration it prints the configuration of a gateway that understands the street.

            Exit codes: 0 fine, 1 not everything was acknowledged, 64 usage, 69 broker not reachable, 78 bad \
            configuration.

            Example: a gateway with a street where every sensor is heard within 15 s
              poort simulate --configuration --speed-up 60 \\
                --database street.db --socket street.sock > street.toml
              poort run --config street.toml &
              poort simulate --config street.toml --speed-up 60

            Example: a day of noisy sensors, without a broker
              poort simulate --capture --spikes 0.01 --broken 0.01 --faults truth.ndjson > day.ndjson
              poort replay --config street.toml day.ndjson
            """)

    @OptionGroup(title: "Street") var streetOptions: StreetOptions
    @OptionGroup(title: "Faults, each of them off by default") var faultOptions: FaultOptions

    @Option(
        help: "The broker: mqtt://host:port or mqtts://host:port; mqtt://127.0.0.1:1883 when --config is not given.")
    var broker: String?

    @Option(
        name: [.customLong("config"), .customShort("c")],
        help: "A gateway's configuration, to publish to its broker with its credentials.")
    var configurationPath: String?

    @Option(help: "End after so many seconds.")
    var seconds: Double?

    @Option(
        help: "First publish at once what the sensors measured before, this far back, as after an outage.",
        transform: DurationText.milliseconds)
    var backlog: Int64?

    @Flag(help: "Write a capture to standard output instead of publishing.")
    var capture = false

    @Option(help: "Of a capture: its start (RFC 3339); by default now.", transform: TimeText.time)
    var from: Timestamp?

    @Option(
        help: "Of a capture: its length, such as 90s, 30m, 7d or 1y; by default 24h.",
        transform: DurationText.milliseconds)
    var duration: Int64?

    @Option(
        help: "Write what was injected to this file: device, quantities, fault, start, end, and what should find it.")
    var faults: String?

    @Flag(name: .customLong("configuration"), help: "Print a fitting poort.toml instead of publishing.")
    var printsConfiguration = false

    @Option(help: "Of a configuration: the database's path; /var/lib/poort/poort.db when not given.")
    var database: String?

    @Option(help: "Of a configuration: the control socket's path; /run/poort/poort.sock when not given.")
    var socket: String?

    func validate() throws {
        if capture, printsConfiguration { throw ValidationError("give --capture or --configuration, not both") }
        if printsConfiguration, faults != nil {
            throw ValidationError("--faults goes with messages, not with --configuration")
        }
        if broker != nil, configurationPath != nil { throw ValidationError("give --broker or --config, not both") }
        if let broker, BrokerAddress(broker) == nil {
            throw ValidationError(
                broker.contains("@")
                    ? "--broker takes no credentials; --config does, by way of username and password_file"
                    : "--broker \(broker): it must look like mqtt://127.0.0.1:1883 or mqtts://host:8883")
        }
        if let seconds, !(seconds > 0 && seconds < 1e9) {
            throw ValidationError("--seconds \(seconds): use more than 0")
        }
        if !capture, from != nil || duration != nil {
            throw ValidationError("--from and --duration go with --capture; --seconds limits publishing")
        }
        if capture || printsConfiguration, seconds != nil || backlog != nil {
            throw ValidationError("--seconds and --backlog go with publishing; a capture has --from and --duration")
        }
        if capture, broker != nil { throw ValidationError("--capture publishes nothing: leave out --broker") }
        if printsConfiguration, configurationPath != nil {
            throw ValidationError("--configuration writes a new one: give the broker's address with --broker")
        }
        if !printsConfiguration, database != nil || socket != nil {
            throw ValidationError("--database and --socket go with --configuration")
        }
    }

    func run() throws {
        let loaded = try configurationPath.map { path throws(ConfigurationError) in
            try ConfigurationFile.load(path: path)
        }
        let timezone = streetOptions.timezone ?? loaded?.gateway.timezone ?? StreetConfiguration.usualTimezone
        guard DayCalendar.useTimeZone(timezone) else {
            throw CommandFailure(
                "the system has no time zone \(timezone); install tzdata or give --timezone UTC", exitCode: 1)
        }
        let street = streetOptions.street(faults: faultOptions.faults)
        if printsConfiguration {
            printConfiguration(of: street, timezone: timezone)
        } else if capture {
            try writeCapture(of: street)
        } else {
            try publish(street, loaded)
        }
    }

    private func printConfiguration(of street: Street, timezone: String) {
        var configuration = StreetConfiguration(street: street)
        configuration.timezone = timezone
        if let broker { configuration.brokerURL = broker }
        if let database { configuration.databasePath = database }
        if let socket { configuration.socketPath = socket }
        var output = OutputBuffer()
        output.write(text: configuration.text)
        output.flush()
    }

    private func writeCapture(of street: Street) throws {
        Interruption.watch()
        var output = OutputBuffer()
        var progress = ProgressLine()
        var tally = Tally()
        let start = from ?? .now()
        let list = try faults.map { try FaultList(path: $0) }
        var messages = street.messages(from: start, to: start + (duration ?? 86_400_000))
        messages.listsFaults = list != nil
        while !Interruption.hasCome, let message = messages.next() {
            try list?.write(messages.takeFaults())
            tally.count(message.kind)
            output.write(
                line: CapturedMessage(
                    received: message.published, topic: Array(message.topic.utf8), payload: message.payload
                ).line.finished)
            // On a terminal that shows the capture itself, nothing must be written in between.
            if !Terminal.isOutput { progress.show("\(tally) until \(message.published)") }
        }
        try list?.write(messages.takeFaults() + messages.ongoingFaults)
        output.flush()
        if !Terminal.isOutput { progress.finish() }
        StandardError.write("poort simulate: \(tally)\n")
    }

    private func publish(_ street: Street, _ loaded: Configuration?) throws {
        Interruption.watch()
        let list = try faults.map { try FaultList(path: $0) }
        let player = try StreetPlayer(street, broker: brokerOptions(loaded), faults: list)
        let ending = try player.play(seconds: seconds, backlogMilliseconds: backlog ?? 0)
        StandardError.write("poort simulate: \(ending.summary)\n")
        if let failure = ending.failure { throw failure }
    }

    private func brokerOptions(_ loaded: Configuration?) throws -> MQTTOptions {
        if let loaded { return try BrokerAccess.options(of: loaded, purpose: "simulate") }
        guard let address = BrokerAddress(broker ?? StreetConfiguration.usualBrokerURL) else {
            preconditionFailure("a broker's address was let through: \(broker ?? "")")
        }
        var options = MQTTOptions(host: address.host, port: address.port, clientID: "poort-simulate-\(getpid())")
        if address.usesTLS { options.tls = MQTTOptions.TLS() }
        return options
    }
}

/// How many messages there were, by kind.
struct Tally: CustomStringConvertible {
    private var counts: [DeviceKind: Int] = [:]

    mutating func count(_ kind: DeviceKind) { counts[kind, default: 0] += 1 }

    var total: Int { counts.values.reduce(0, +) }

    /// `1 234 messages (air 1 000, traffic 200, bins 34)`
    var description: String {
        let kinds = DeviceKind.allCases.compactMap { kind -> String? in
            counts[kind].map { "\(kind == .bin ? "bins" : kind.rawValue) \(Grouped.text($0))" }
        }
        let noun = total == 1 ? "message" : "messages"
        return "\(Grouped.text(total)) \(noun)" + (kinds.isEmpty ? "" : " (\(kinds.joined(separator: ", ")))")
    }
}
