public import Forwarding
public import GatewayConfiguration
public import Storage
import Telemetry

/// Shows what a partner would get next, from the database alone.
public struct PartnerPreview {
    public let batch: BatchPreview
    /// As it would go over the line, without secrets.
    public let text: String

    /// - Parameter mostRows: at least 1.
    /// - Throws: `PartnerPreviewError`.
    public init(
        of partner: Configuration.PartnerSection, configuration: Configuration, reader: StoreReader, mostRows: Int
    ) throws(PartnerPreviewError) {
        let options = Wiring(configuration).options(of: partner)
        do {
            let next = try reader.nextChange()
            // One that the daemon has not entered yet gets what changes from then on.
            let stored = try reader.partners().first { $0.name == partner.name }
            batch = try BatchPreview(
                options, pending: stored?.pending ?? PendingChanges(from: next), next: next, mostRows: mostRows,
                now: .now(), from: StoredChanges(reader, facts: SeriesFactsDirectory(configuration)))
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
