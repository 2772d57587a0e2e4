public import HTTP

/// A partner's SensorThings server. Source: OGC 18-088, SensorThings API part 1: Sensing, version 1.1.
public struct SensorThingsOptions: Sendable {
    /// The service's root, with its version: `https://frost.example.org/FROST-Server/v1.1`.
    public var url: String
    public var authorization: HTTPAuthorization
    public var ids: IDs
    /// In one request, at least 1.
    public var mostRows: Int
    /// How many datastreams are remembered, at least 2; the others are asked for again.
    public var mostDatastreams: Int

    public enum IDs: Sendable, Hashable {
        /// The server makes observations' ids. What may be there already is looked up first.
        case server
        /// We do, so that the server itself refuses what is there: only for servers that allow it. FROST:
        /// `persistence_idGenerationMode=ServerAndClientGenerated`, with ids of type `STRING` or `UUID`.
        case client
    }

    public init(
        url: String, authorization: HTTPAuthorization = .none, ids: IDs = .server, mostRows: Int = 1000,
        mostDatastreams: Int = 20_000
    ) {
        self.url = url
        self.authorization = authorization
        self.ids = ids
        self.mostRows = max(1, mostRows)
        self.mostDatastreams = max(2, mostDatastreams)
    }
}
