import Glibc

/// The directions of a window, added up as unit vectors, and its first and last.
///
/// Directions have no arithmetic mean: that of 350° and 10° is 0°, not 180°. Sums of windows simply add up.
public struct DirectionSum: Hashable, Sendable {
    public var sine: Double
    public var cosine: Double
    /// Degrees, as they were reported.
    public var first: Double
    public var firstTime: Timestamp
    public var last: Double
    public var lastTime: Timestamp

    public init(
        sine: Double, cosine: Double, first: Double, firstTime: Timestamp, last: Double, lastTime: Timestamp
    ) {
        self.sine = sine
        self.cosine = cosine
        self.first = first
        self.firstTime = firstTime
        self.last = last
        self.lastTime = lastTime
    }

    /// - Parameter degrees: finite; any turn of the circle.
    public init(degrees: Double, time: Timestamp) {
        let vector = DirectionSum.unitVector(degrees)
        self.init(
            sine: vector.sine, cosine: vector.cosine, first: degrees, firstTime: time, last: degrees, lastTime: time)
    }

    /// Adds directions that lie later than all before.
    public mutating func add(_ later: DirectionSum) {
        sine += later.sine
        cosine += later.cosine
        last = later.last
        lastTime = later.lastTime
    }

    /// The direction of the sum, from 0 to less than 360; nil where the directions cancel out.
    public func meanDegrees(count: Int) -> Double? {
        guard resultantLength(count: count) > DirectionSum.smallestResultant else { return nil }
        let degrees = atan2(sine, cosine) * 180 / .pi
        let turned = degrees < 0 ? degrees + 360 : degrees
        // A hair below 0 becomes 360 by rounding. And −0 is 0.
        return turned >= 360 || turned == 0 ? 0 : turned
    }

    /// The length of the mean vector: 1 where all directions are the same, near 0 where they point everywhere.
    /// Source: Mardia and Jupp, Directional Statistics, 2.3.1.
    public func resultantLength(count: Int) -> Double {
        count > 0 ? min(1, hypot(sine, cosine) / Double(count)) : 0
    }

    /// Below this the mean vector is nothing but rounding errors.
    static let smallestResultant = 1e-9

    /// Sine and cosine, folded into an eighth of the circle so that opposite directions cancel to the last bit and
    /// quarter turns are exact. All but the last step are without rounding (IEEE 754 remainder, Sterbenz's lemma).
    static func unitVector(_ degrees: Double) -> (sine: Double, cosine: Double) {
        let turned = degrees.remainder(dividingBy: 360)
        let size = abs(turned)
        let acute = size > 90 ? 180 - size : size
        let (sine, cosine) = acute <= 45 ? (sin(radians(acute)), cos(radians(acute))) : complement(90 - acute)
        return (turned < 0 ? -sine : sine, size > 90 ? -cosine : cosine)
    }

    private static func complement(_ degrees: Double) -> (sine: Double, cosine: Double) {
        (cos(radians(degrees)), sin(radians(degrees)))
    }

    private static func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
}
