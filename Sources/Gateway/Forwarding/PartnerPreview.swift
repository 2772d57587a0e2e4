public import Forwarding
public import GatewayConfiguration
public import Storage
import Telemetry

/// Shows what a partner would get next, from the database alone.
public struct PartnerPreview {
    public let batch: BatchPreview
    /// As it would go over the line, without secrets.
    public let text: String

    /// - Parameters:
    ///   - showsLatest: whether the latest windows are shown in place of those that wait.
    ///   - mostRows: at least 1.
    /// - Throws: `PartnerPreviewError`.
    public init(
        of partner: Configuration.PartnerSection, configuration: Configuration, reader: StoreReader,
        showsLatest: Bool, mostRows: Int
    ) throws(PartnerPreviewError) {
        let options = Wiring(configuration).options(of: partner)
        let facts = SeriesFactsDirectory(configuration)
        do {
            if showsLatest {
                let closed = try reader.state(Core.closedUntilState) ?? 0
                let latest = try LatestWindows(
                    reader, facts: facts, closedUntil: Timestamp(milliseconds: closed))
                batch = try BatchPreview(
                    options, pending: PendingChanges(from: 1), next: latest.next, mostRows: mostRows, now: .now(),
                    from: latest)
            } else {
                let next = try reader.nextChange()
                // One that the daemon has not entered yet gets what changes from then on.
                let stored = try reader.partners().first { $0.name == partner.name }
                batch = try BatchPreview(
                    options, pending: stored?.pending ?? PendingChanges(from: next), next: next, mostRows: mostRows,
                    now: .now(), from: StoredChanges(reader, facts: facts))
            }
            text = batch.rows.isEmpty ? "" : try options.makeSink().preview(batch.rows)
        } catch {
            throw PartnerPreviewError(cause: (error as? FeedError)?.cause ?? "\(error)")
        }
    }
}

public struct PartnerPreviewError: Error, CustomStringConvertible {
    public let cause: String
    public var description: String { cause }
}
