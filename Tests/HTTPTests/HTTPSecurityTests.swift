import HTTP
import TestKit
import Testing

@Suite("HTTPClient over TLS", .timeLimit(.minutes(2)))
struct HTTPSecurityTests {
    /// `openssl s_server`, which answers a page about the connection.
    private func server(
        _ certificates: Certificates, certificate: String? = nil, key: String? = nil, _ more: [String] = []
    ) throws -> ListeningProcess {
        let port = FreePort.next()
        return try ListeningProcess(
            "openssl",
            [
                "s_server", "-accept", "127.0.0.1:\(port)", "-www", "-cert",
                certificate ?? certificates.serverCertificateFile, "-key", key ?? certificates.serverKeyFile,
            ] + more, port: port)
    }

    private func failure(_ options: HTTPOptions, _ url: String) throws -> HTTPError {
        try #require(throws: HTTPError.self) { try HTTPClient(options).send(HTTPRequest(.post, url, body: [1])) }
    }

    private func trusting(_ certificates: Certificates) -> HTTPOptions {
        var options = HTTPOptions()
        options.caFile = certificates.caFile
        return options
    }

    @Test("accepts a server whose certificate the given authority has signed, and no other")
    func authority() throws {
        let certificates = try Certificates()
        let server = try server(certificates)
        let url = "https://localhost:\(server.port)/"
        let response = try HTTPClient(trusting(certificates)).send(HTTPRequest(.get, url))
        #expect(response.status == 200)
        #expect(String(decoding: response.body, as: UTF8.self).contains("TLSv1.3"))

        let others = try Certificates()
        for (options, hint) in [(HTTPOptions(), "set ca_file"), (trusting(others), "ca_file (")] {
            let error = try failure(options, url)
            #expect(error.kind == .tls)
            #expect(error.hint.contains(hint), "\(error)")
            #expect(!error.mayHaveArrived)
        }
    }

    @Test("says that a certificate is signed by itself")
    func selfSigned() throws {
        let certificates = try Certificates()
        let files = TemporaryDirectory()
        try SelfSigned.make(in: files, days: 2)
        let server = try server(certificates, certificate: files.file("self.crt"), key: files.file("self.key"))
        let url = "https://localhost:\(server.port)/"
        let error = try failure(HTTPOptions(), url)
        #expect(error.kind == .tls)
        #expect(error.hint.contains("signed its certificate itself"), "\(error)")
        #expect(!error.mayHaveArrived)
        var options = HTTPOptions()
        options.caFile = files.file("self.crt")
        #expect(try HTTPClient(options).send(HTTPRequest(.get, url)).status == 200)
    }

    @Test("says that a certificate has expired")
    func expired() throws {
        let certificates = try Certificates()
        let files = TemporaryDirectory()
        try SelfSigned.make(in: files, days: -1)
        let server = try server(certificates, certificate: files.file("self.crt"), key: files.file("self.key"))
        var options = HTTPOptions()
        options.caFile = files.file("self.crt")
        let error = try failure(options, "https://localhost:\(server.port)/")
        #expect(error.kind == .tls)
        #expect(error.hint.contains("expired") && error.hint.contains("clock"), "\(error)")
    }

    @Test("says that a certificate is for another name")
    func otherName() throws {
        let certificates = try Certificates()
        let server = try server(certificates)
        // 127.0.0.1 is named in it, this is not; it leads to the same place through a name that every resolver must know.
        let error = try failure(trusting(certificates), "https://other.localhost:\(server.port)/")
        #expect(error.kind == .tls || error.kind == .resolve)
        if error.kind == .tls { #expect(error.hint.contains("for another name"), "\(error)") }
    }

    @Test(
        "shows a client certificate to a server that wants one, and says so where it has none",
        arguments: ["-tls1_2", "-tls1_3"])
    func clientCertificate(version: String) throws {
        let certificates = try Certificates()
        let server = try server(
            certificates, [version, "-Verify", "1", "-verify_return_error", "-CAfile", certificates.caFile])
        let url = "https://localhost:\(server.port)/"
        let error = try failure(trusting(certificates), url)
        #expect(error.kind == .tls, "\(error)")
        #expect(error.hint.contains("certificate_file"), "\(error)")
        #expect(!error.mayHaveArrived)

        var options = trusting(certificates)
        options.certificateFile = certificates.clientCertificateFile
        options.keyFile = certificates.clientKeyFile
        #expect(try HTTPClient(options).send(HTTPRequest(.get, url)).status == 200)

        options.keyFile = certificates.serverKeyFile
        let mismatch = try failure(options, url)
        #expect(mismatch.kind == .unusable, "\(mismatch)")
        #expect(mismatch.hint.contains(certificates.serverKeyFile))
    }

    @Test("speaks no TLS older than 1.2")
    func oldVersion() throws {
        let certificates = try Certificates()
        let server = try server(certificates, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        let error = try failure(trusting(certificates), "https://localhost:\(server.port)/")
        #expect(error.kind == .tls)
        #expect(error.hint.contains("1.2"), "\(error)")
    }

    @Test("says that a port does not speak TLS, or wants it")
    func wrongScheme() throws {
        let plain = try UnpleasantServer(.speaksFirst("HTTP/1.1 400 Bad Request\r\n\r\n"))
        let error = try failure(HTTPOptions(), "https://localhost:\(plain.port)/")
        #expect(error.kind == .tls, "\(error)")
        #expect(error.hint.contains("http://"), "\(error)")

        let certificates = try Certificates()
        let secured = try server(certificates)
        let other = try failure(HTTPOptions(), "http://localhost:\(secured.port)/")
        #expect([.malformed, .reset].contains(other.kind), "\(other)")
    }

    @Test("speaks HTTP/2 with a server that offers nothing else")
    func http2() throws {
        let certificates = try Certificates()
        let port = FreePort.next()
        let server = try ListeningProcess(
            "nghttpd",
            [
                "--address=127.0.0.1", "--echo-upload", "\(port)", certificates.serverKeyFile,
                certificates.serverCertificateFile,
            ], port: port)
        let client = try HTTPClient(trusting(certificates))
        for length in [1, 10, 500_000, 100] {
            let body = [UInt8](repeating: UInt8(ascii: "x"), count: length)
            let response = try client.send(
                HTTPRequest(.post, "https://localhost:\(port)/", headers: [HTTPRequest.Header("X-Y", "z")], body: body))
            #expect(response.status == 200)
            #expect(response.body == body)
            #expect(response.header("server")?.contains("nghttpd") == true)
        }
        server.kill()
        let gone = try #require(throws: HTTPError.self) {
            try client.send(HTTPRequest(.post, "https://localhost:\(port)/", body: [1]))
        }
        #expect([.connect, .reset].contains(gone.kind))
        try server.start()
        #expect(try client.send(HTTPRequest(.post, "https://localhost:\(port)/", body: [1])).status == 200)
    }
}

/// A certificate that nobody else has signed, for localhost.
private enum SelfSigned {
    static func make(in directory: TemporaryDirectory, days: Int) throws {
        let names = directory.write("subjectAltName=DNS:localhost\n", to: "names")
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        for arguments in [
            [
                "req", "-new", "-subj", "/CN=localhost", "-keyout", directory.file("self.key"), "-out",
                directory.file("csr"),
            ] + key,
            [
                "x509", "-req", "-in", directory.file("csr"), "-signkey", directory.file("self.key"), "-days",
                "\(days)",
                "-extfile", names, "-out", directory.file("self.crt"),
            ],
        ] {
            let run = try ChildProcess("openssl", arguments)
            try #require(run.wait() == .exited(0), "\(run.standardError)")
        }
    }
}
