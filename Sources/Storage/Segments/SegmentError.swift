public import Telemetry

/// Why readings cannot be sealed into a segment, or a segment not be read.
public enum SegmentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A newer Poort wrote it: nothing is wrong with it.
    case newerFormat(Int)
    /// It is not what was written: nothing of it is to be believed. Readings that were handed out before do not count.
    case damaged(Damage)
    /// A reading is not later than the one before it, so that the rows do not lie in the order of their key.
    case outOfOrder(Timestamp)
    /// A segment cannot hold one more; see ``SegmentHeader/maximumCount``.
    case full
    /// Nothing was given that could be sealed.
    case empty

    public enum Damage: String, Hashable, Sendable {
        case tooShort = "it ends before its header does"
        case checksum = "its checksum does not match: it was torn or its bits flipped"
        case header = "its header makes no sense"
        case times = "its times make no sense"
        case values = "its values make no sense"
        case verdicts = "its flags make no sense"
        case otherRow = "it is not what its row says: it is another series', or another stretch of time"
    }

    public var description: String {
        switch self {
        case .newerFormat(let version):
            "the segment has format version \(version), newer than this poort knows (\(SegmentHeader.formatVersion)); "
                + "install the poort that wrote it, or a newer one"
        case .damaged(let damage):
            "the segment is damaged: \(damage.rawValue); its readings are lost, unless a backup has them"
        case .outOfOrder(let time):
            "the reading of \(time) is not later than the one before it: the table of readings is damaged"
        case .full: "a segment holds at most \(SegmentHeader.maximumCount) readings"
        case .empty: "a segment holds at least one reading"
        }
    }
}
