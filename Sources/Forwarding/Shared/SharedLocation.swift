import Glibc

/// Degrees, WGS 84.
public struct SharedLocation: Hashable, Sendable {
    public var latitude: Double
    public var longitude: Double

    public init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }

    /// The middle of the square in which it lies, of a grid that is the same for all: however many aggregates somebody has, of
    /// however many sensors, they tell no more of a place than its square.
    /// - Parameter gridMetres: the sides' length; a degree of latitude is taken for 111 320 m.
    public func coarsened(gridMetres: Double) -> SharedLocation {
        guard gridMetres > 0 else { return self }
        let latitudeStep = gridMetres / SharedLocation.metresOfDegree
        let row = (latitude / latitudeStep).rounded(.down)
        let middle = min(max((row + 0.5) * latitudeStep, -90), 90)
        // By the row's latitude, so that all places of a row are in the same columns.
        let longitudeStep = latitudeStep / max(cos(middle * .pi / 180), 0.01)
        let column = (longitude / longitudeStep).rounded(.down)
        func shown(_ degrees: Double) -> Double { (degrees * 1e5).rounded() / 1e5 }
        return SharedLocation(
            latitude: shown(middle), longitude: shown(min(max((column + 0.5) * longitudeStep, -180), 180)))
    }

    private static let metresOfDegree = 111_320.0
}
