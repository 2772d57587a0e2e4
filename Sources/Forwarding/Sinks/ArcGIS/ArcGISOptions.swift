public import Secrets

/// A partner's feature layer, hosted or of ArcGIS Enterprise.
public struct ArcGISOptions: Sendable {
    /// The layer: `https://services.arcgis.com/…/FeatureServer/0`.
    public var url: String
    public var credentials: ArcGISCredentials
    /// In one request, at least 1.
    public var mostRows: Int

    public init(url: String, credentials: ArcGISCredentials = .none, mostRows: Int = 500) {
        self.url = url
        self.credentials = credentials
        self.mostRows = max(1, mostRows)
    }
}

/// How a feature service knows who edits. A token goes in the form, never in the url.
public enum ArcGISCredentials: Sendable, Hashable {
    /// The layer may be edited by everybody.
    case none
    /// An API key, or a token that lasts.
    case token(Secret)
    /// OAuth 2.0 of an app: tokens are asked for when they are needed.
    /// - Parameter url: `https://www.arcgis.com/sharing/rest/oauth2/token`, or the same of a portal.
    case app(url: String, id: String, secret: Secret)
    /// A user of a portal or server without OAuth, likewise.
    /// - Parameter url: `https://portal.example.org/portal/sharing/rest/generateToken`.
    case account(url: String, username: String, password: Secret)
}
