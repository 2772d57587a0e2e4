public import HTTP

/// A partner's context broker. Source: ETSI GS CIM 009, NGSI-LD API.
public struct NGSILDOptions: Sendable {
    /// The broker's root, without `/ngsi-ld`: `https://broker.example.org`.
    public var url: String
    public var authorization: HTTPAuthorization
    /// Sent as `NGSILD-Tenant`; none where nil.
    public var tenant: String?
    /// Where names are explained; the core context comes last, by the standard's advice.
    public var context: [String]
    /// In one request, at least 1.
    public var mostRows: Int
    /// How many containers are remembered, at least 2; the others are asked for again.
    public var mostThings: Int

    public static let usualContext = [
        "https://raw.githubusercontent.com/smart-data-models/data-models/master/context.jsonld",
        "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
    ]

    public init(
        url: String, authorization: HTTPAuthorization = .none, tenant: String? = nil,
        context: [String] = NGSILDOptions.usualContext, mostRows: Int = 500, mostThings: Int = 20_000
    ) {
        self.url = url
        self.authorization = authorization
        self.tenant = tenant
        self.context = context
        self.mostRows = max(1, mostRows)
        self.mostThings = max(2, mostThings)
    }
}
