public import Telemetry

/// A street with sensors, which gives the same messages for the same seed, counts and stretch of time.
public struct Street: Sendable {
    /// How many devices there are, by kind.
    public var counts: [DeviceKind: Int] = [.air: 5, .traffic: 3, .bin: 3]
    /// How often a device reports, in milliseconds, by kind; at least 1.
    public var intervals: [DeviceKind: Int64] = [.air: 10_000, .traffic: 60_000, .bin: 900_000]
    /// Over how many neighbourhoods the devices are spread, 1 to 6.
    public var neighbourhoodCount = 6
    public var seed: UInt64 = 1
    public var faults = Faults()
    /// Whose days people get up and go to work in.
    public var calendar: DayCalendar

    public init(calendar: DayCalendar) {
        self.calendar = calendar
    }

    /// The messages that are published in a stretch of time, ordered by when.
    ///
    /// Made one by one, from devices that are all switched on at `start`; memory does not grow with the stretch.
    public func messages(from start: Timestamp, to end: Timestamp = .distantFuture) -> StreetMessages {
        StreetMessages(lines: devices.map { line($0, start: start) }, calendar: calendar, end: end)
    }

    /// The devices, as a configuration lists them.
    public var devices: [StreetDevice] {
        let neighbourhoods = max(1, min(neighbourhoodCount, Neighbourhood.all.count))
        return DeviceKind.allCases.flatMap { kind in
            (0..<max(0, counts[kind] ?? 0)).map { index in
                let id = kind.deviceID(index + 1)
                return StreetDevice(
                    id: id, kind: kind, intervalMilliseconds: max(1, intervals[kind] ?? 1),
                    place: Neighbourhood.place(of: id, index: index % neighbourhoods, seed: seed))
            }
        }
    }

    private func isNarrow(_ counter: String) -> Bool {
        var random = RandomSource(seed: seed, stream: "\(counter)/width")
        return random.chance(faults.narrowCounters)
    }

    private func line(_ listed: StreetDevice, start: Timestamp) -> DeviceLine {
        let device: any Device =
            switch listed.kind {
            case .air: AirStation(id: listed.id, seed: seed)
            case .traffic: TrafficCounter(id: listed.id, seed: seed, isNarrow: isNarrow(listed.id))
            case .bin: WasteBin(id: listed.id, seed: seed)
            }
        return DeviceLine(
            device, faults: faults, seed: seed, intervalMilliseconds: listed.intervalMilliseconds, start: start)
    }
}

/// One device as its owner would list it.
public struct StreetDevice: Sendable, Hashable {
    public var id: String
    public var kind: DeviceKind
    public var intervalMilliseconds: Int64
    public var place: Place

    public struct Place: Sendable, Hashable {
        public var neighbourhood: String
        /// Degrees, WGS 84, to some 10 m.
        public var latitude: Double
        public var longitude: Double
    }
}
