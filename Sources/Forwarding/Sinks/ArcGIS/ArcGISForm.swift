import HTTP
import Secrets

/// The fields of a form, in order. Source: WHATWG URL, 5 (application/x-www-form-urlencoded).
struct ArcGISForm {
    private var fields: [(name: String, value: Value)] = []

    private enum Value {
        case text(String)
        case secret(Secret)
    }

    /// Without it ArcGIS answers with a page.
    static let json: ArcGISForm = {
        var form = ArcGISForm()
        form.add("f", "json")
        return form
    }()

    mutating func add(_ name: String, _ text: String) { fields.append((name, .text(text))) }

    mutating func add(_ name: String, _ secret: Secret) { fields.append((name, .secret(secret))) }

    func request(_ url: String) -> HTTPRequest {
        var body: [UInt8] = []
        for (name, value) in fields {
            if !body.isEmpty { body.append(UInt8(ascii: "&")) }
            body += Array(name.utf8)
            body.append(UInt8(ascii: "="))
            switch value {
            case .text(let text): PercentEncoding.append(text.utf8, to: &body)
            case .secret(let secret): PercentEncoding.append(secret.text.utf8, to: &body)
            }
        }
        return HTTPRequest(
            .post, url, headers: [HTTPRequest.Header("Content-Type", "application/x-www-form-urlencoded")], body: body)
    }

    /// For people: not encoded, secrets as dots.
    var shown: String {
        fields.map { name, value in
            switch value {
            case .text(let text): "\(name)=\(text)\n"
            case .secret(let secret): "\(name)=\(secret)\n"
            }
        }.joined()
    }
}
