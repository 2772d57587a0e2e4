/// Parts of Zwolle that devices stand in.
struct Neighbourhood: Sendable {
    let name: String
    /// Degrees, of its middle.
    let latitude: Double
    let longitude: Double

    static let all = [
        Neighbourhood(name: "Stadshagen", latitude: 52.5305, longitude: 6.0595),
        Neighbourhood(name: "Binnenstad", latitude: 52.5125, longitude: 6.0921),
        Neighbourhood(name: "Assendorp", latitude: 52.5052, longitude: 6.1014),
        Neighbourhood(name: "Holtenbroek", latitude: 52.5258, longitude: 6.0850),
        Neighbourhood(name: "Aa-landen", latitude: 52.5321, longitude: 6.1030),
        Neighbourhood(name: "Ittersum", latitude: 52.4848, longitude: 6.1050),
    ]

    /// Some hundred metres around the middle of one of them.
    static func place(of device: String, index: Int, seed: UInt64) -> StreetDevice.Place {
        let neighbourhood = all[index % all.count]
        var random = RandomSource(seed: seed, stream: "\(device)/place")
        func degrees(_ middle: Double) -> Double {
            ((middle + random.uniform(-0.004...0.004)) * 10_000).rounded() / 10_000
        }
        return StreetDevice.Place(
            neighbourhood: neighbourhood.name, latitude: degrees(neighbourhood.latitude),
            longitude: degrees(neighbourhood.longitude))
    }
}
