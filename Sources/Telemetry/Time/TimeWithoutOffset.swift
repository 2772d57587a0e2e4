/// What a written time means that does not say how far it is from UTC.
public enum TimeWithoutOffset: String, Sendable, CaseIterable, Hashable {
    /// Nothing: taking it for anything would be a guess.
    case refused
    case utc
    /// The wall clock of the gateway's time zone.
    case local
}
