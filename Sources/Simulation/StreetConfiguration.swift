import Telemetry

/// A configuration with which a gateway understands all that a street says.
public struct StreetConfiguration: Sendable {
    public var street: Street
    /// `mqtt://host:port`.
    public var brokerURL = StreetConfiguration.usualBrokerURL
    public var databasePath = "/var/lib/poort/poort.db"
    public var socketPath = "/run/poort/poort.sock"
    public var gatewayName = "simulated-street"
    public var timezone = StreetConfiguration.usualTimezone
    /// As the configuration writes it. Short, so that a demonstration shows each reading at once.
    public var commitInterval = "200ms"

    public init(street: Street) {
        self.street = street
    }

    public static let usualBrokerURL = "mqtt://127.0.0.1:1883"
    public static let usualTimezone = "Europe/Amsterdam"

    /// The file's content.
    public var text: String {
        var text = """
            # A gateway for a simulated street; written by poort simulate --configuration.

            [gateway]
            name = \(JSONLine.quoted(gatewayName))
            timezone = \(JSONLine.quoted(timezone))

            [broker]
            url = \(JSONLine.quoted(brokerURL))

            [storage]
            path = \(JSONLine.quoted(databasePath))
            commit_interval = \(JSONLine.quoted(commitInterval))

            [control]
            socket = \(JSONLine.quoted(socketPath))

            # Air stations and traffic counters: one value a message.
            [[source]]
            name = "street"
            topic = "sensors/{type}/{device}/{quantity}"
            format = "json"
            value = "value"
            time = "ts"
            unit = "unit"

            # Waste bins, through a LoRaWAN network server.
            [[source]]
            name = "bins"
            topic = "v3/+/devices/+/up"
            format = "the-things-stack-v3"

            """
        let devices = street.devices
        let seriesCount = devices.reduce(0) { $0 + $1.kind.seriesCount }
        if seriesCount > StreetConfiguration.usualSeriesLimit {
            text += "\n[processing]\nmax_series = \(seriesCount)\n"
        }
        text += StreetLimits(street: street).text
        for device in devices { text += entry(device) }
        return text
    }

    /// What the gateway takes in without being told.
    private static let usualSeriesLimit = 10_000

    /// The interval is what coverage is reckoned by.
    private func entry(_ device: StreetDevice) -> String {
        """

        [[device]]
        id = \(JSONLine.quoted(device.id))
        type = \(JSONLine.quoted(device.kind.type))
        neighbourhood = \(JSONLine.quoted(device.place.neighbourhood))
        location = { lat = \(device.place.latitude), lon = \(device.place.longitude) }
        interval = \(JSONLine.quoted(duration(device.intervalMilliseconds)))

        """
    }

    /// In the largest unit that leaves no fraction.
    private func duration(_ milliseconds: Int64) -> String {
        for (unit, length) in [("h", 3_600_000), ("m", 60_000), ("s", 1000)] as [(String, Int64)]
        where milliseconds % length == 0 {
            return "\(milliseconds / length)\(unit)"
        }
        return "\(milliseconds)ms"
    }
}
