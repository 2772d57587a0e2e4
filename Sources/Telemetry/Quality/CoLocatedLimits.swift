/// A condition at the same site under which a reading is suspect: optical dust sensors take fog for dust.
///
/// No test of QARTOD. Source: SDS011's data sheet, which ends at 70 % relative humidity; RIVM's Samen Meten.
public struct CoLocatedLimits: Hashable, Sendable {
    /// What is measured beside: `humidity`.
    public var quantity: String
    /// In that quantity's unit; a reading taken at more is suspect.
    public var above: Double
    /// How old the other measurement may be, in milliseconds.
    public var ageMilliseconds: Int64

    public init(quantity: String = "humidity", above: Double, ageMilliseconds: Int64 = 900_000) {
        self.quantity = quantity
        self.above = above
        self.ageMilliseconds = ageMilliseconds
    }
}
