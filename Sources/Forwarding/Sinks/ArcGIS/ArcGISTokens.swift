import HTTP
import Secrets
import Telemetry

/// The token that requests go with: given, or asked for and kept as long as it lasts.
final class ArcGISTokens {
    private let credentials: ArcGISCredentials
    private let exchange: SinkExchange
    private var kept: (token: Secret, until: Timestamp)?

    init(_ credentials: ArcGISCredentials, exchange: SinkExchange) {
        self.credentials = credentials
        self.exchange = exchange
    }

    /// Whether another can be asked for.
    var isRenewable: Bool {
        switch credentials {
        case .none, .token: false
        case .app, .account: true
        }
    }

    /// The server does not take it any more.
    func forget() { kept = nil }

    /// Nil where there is none to send.
    func token() throws(SinkFailure) -> Secret? {
        switch credentials {
        case .none: return nil
        case .token(let token): return token
        case .app(let url, let id, let secret):
            var form = ArcGISForm.json
            form.add("grant_type", "client_credentials")
            form.add("client_id", id)
            form.add("client_secret", secret)
            return try renewed(form, url, name: "access_token")
        case .account(let url, let username, let password):
            var form = ArcGISForm.json
            form.add("username", username)
            form.add("password", password)
            form.add("client", "requestip")
            form.add("expiration", "60")
            return try renewed(form, url, name: "token")
        }
    }

    private func renewed(_ form: ArcGISForm, _ url: String, name: String) throws(SinkFailure) -> Secret {
        if let kept, exchange.now < kept.until { return kept.token }
        let operation = "ask for a token"
        let response = try exchange.sendAndCheck(form.request(url), to: operation, isOfRows: false)
        let answer = try exchange.json(response, operation, mayHaveArrived: false)
        guard let token = answer[name]?.string, !token.isEmpty else {
            let error = ArcGISError(answer["error"])
            throw SinkFailure(
                (500...599).contains(error.code) ? .unavailable : .misconfigured, operation: operation,
                place: exchange.server, cause: answer["error"] == nil ? "it answers without a token" : error.words,
                hint: "look at the credentials, and at the url of the token service")
        }
        // A minute less than it lasts; what ends earlier, the server says.
        let seconds = min(max(answer["expires_in"]?.integer ?? 3600, 120), 86_400) - 60
        kept = (Secret(token), exchange.now + Int64(seconds) * 1000)
        return Secret(token)
    }
}
