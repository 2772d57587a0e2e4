import HTTP
import Testing

@Suite("HTTPAddress")
struct HTTPAddressTests {
    @Test("takes a url apart, and puts it together again")
    func parts() throws {
        let address = try HTTPAddress("https://metrics.example.org/api/v2/write?bucket=bins&org=a%20b")
        #expect(address.isEncrypted)
        #expect(address.host == "metrics.example.org")
        #expect(address.port == 443)
        #expect(address.path == "/api/v2/write")
        #expect(address.query == "bucket=bins&org=a%20b")
        #expect(address.server == "metrics.example.org:443")
        #expect(address.url == "https://metrics.example.org:443/api/v2/write?bucket=bins&org=a%20b")
        #expect(try HTTPAddress("HTTP://h").url == "http://h:80/")
        #expect(try HTTPAddress("http://h:8086?db=x").target == "/?db=x")
        let six = try HTTPAddress("http://[::1]:8428/write")
        #expect(six.host == "::1")
        #expect(six.server == "[::1]:8428")
    }

    @Test(
        "refuses what is no url of a server",
        arguments: [
            "", "metrics.example.org", "ftp://h/", "http://", "http://:80/", "http:///path", "http://h:0/",
            "http://h:65536/",
            "http://h:80x/", "http://h:/", "http://[::1/", "http://[::1]x/", "http://a b/", "http://h/#x", "http://hö/",
            "http://h/\n", "http://h;x/", "http://h\\x/",
        ])
    func refused(url: String) {
        #expect(throws: HTTPError.self) { try HTTPAddress(url) }
    }

    @Test("refuses a url with credentials, and shows none of them")
    func credentials() throws {
        for url in ["https://poort:geheim@h/write", "https://geheim@h", "http://h:80@geheim:1/"] {
            let error = try #require(throws: HTTPError.self) { try HTTPAddress(url) }
            #expect(error.kind == .unusable)
            #expect(error.description.contains("password_file"))
            #expect(!error.description.contains("geheim"))
        }
    }

    @Test("reads and changes the items of a query, and leaves the others as they are")
    func query() throws {
        var address = try HTTPAddress("http://h/write?db=x&flag&precision=s")
        #expect(address.queryValue(of: "precision") == "s")
        #expect(address.queryValue(of: "flag") == "")
        #expect(address.queryValue(of: "org") == nil)
        address.setQueryValue(of: "precision", to: "u")
        address.setQueryValue(of: "rp", to: "week")
        #expect(address.target == "/write?db=x&flag&precision=u&rp=week")
        var bare = try HTTPAddress("http://h/write")
        bare.setQueryValue(of: "precision", to: "ms")
        #expect(bare.target == "/write?precision=ms")
    }

    @Test("shows a query without what it says is secret")
    func shownQuery() throws {
        let address = try HTTPAddress("http://h/write?db=x&u=poort&p=geheim&access_token=geheim&apiKey=geheim")
        #expect(address.shownTarget == "/write?db=x&u=poort&p=•••&access_token=•••&apiKey=•••")
    }
}
