import Glibc

/// A certificate authority of a test's own, with a server's and a client's certificate. Made by `openssl`.
public final class Certificates: Sendable {
    public let caFile: String
    /// For `localhost` and `127.0.0.1`.
    public let serverCertificateFile: String
    public let serverKeyFile: String
    public let clientCertificateFile: String
    public let clientKeyFile: String
    private let directory = TemporaryDirectory()

    public init() throws(ChildProcess.SpawnError) {
        caFile = directory.file("ca.crt")
        serverCertificateFile = directory.file("server.crt")
        serverKeyFile = directory.file("server.key")
        clientCertificateFile = directory.file("client.crt")
        clientKeyFile = directory.file("client.key")
        try openSSL(
            ["req", "-x509", "-subj", "/CN=Poort test authority", "-days", "2", "-out", caFile]
                + newKey(directory.file("ca.key")))
        try sign("server", names: "subjectAltName=DNS:localhost,IP:127.0.0.1")
        try sign("client", names: "extendedKeyUsage=clientAuth")
    }

    private func newKey(_ file: String) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file]
    }

    private func sign(_ name: String, names: String) throws(ChildProcess.SpawnError) {
        let request = directory.file("\(name).csr")
        let extensions = directory.write(names + "\n", to: "\(name).ext")
        try openSSL(
            ["req", "-new", "-subj", "/CN=\(name)", "-out", request] + newKey(directory.file("\(name).key")))
        try openSSL([
            "x509", "-req", "-in", request, "-CA", caFile, "-CAkey", directory.file("ca.key"), "-CAcreateserial",
            "-days", "2", "-extfile", extensions, "-out", directory.file("\(name).crt"),
        ])
    }

    private func openSSL(_ arguments: [String]) throws(ChildProcess.SpawnError) {
        let run = try ChildProcess("openssl", arguments)
        guard run.wait() == .exited(0) else {
            throw ChildProcess.SpawnError(description: "openssl \(arguments[0]) failed: \(run.standardError)")
        }
    }
}
