import Glibc
import MQTT
import TestKit
import Testing

@Suite("MQTTClient over TLS", .timeLimit(.minutes(1)))
struct MQTTRecordTests {
    @Test("leaves nothing unread that was decrypted, for which no poll would wake")
    func wholeRecord() async throws {
        let count = 1000
        let broker = try OneRecordBroker(
            sending: [0x20, 3, 0, 0, 0] + (1...count).flatMap { OneRecordBroker.publish(packetID: $0) })
        var options = MQTTOptions(host: "127.0.0.1", port: broker.port, clientID: "poort-test")
        options.tls = MQTTOptions.TLS(caFile: broker.certificates.caFile)
        var received = 0
        var client: MQTTClient?
        let isConnected = await eventually {
            client = try? MQTTClient(options, onMessage: { _ in received += 1 }, onEvent: { _ in })
            return (try? client?.connect()) != nil
        }
        try #require(isConnected)
        let connected = try #require(client)
        while received < count {
            var poller = pollfd(fd: connected.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, 5000) > 0 else { break }
            try connected.read()
            if received == 0 { try connected.write() }
        }
        #expect(received == count)
    }
}

/// A broker that says all it has to say in one TLS record, as brokers and proxies do that gather before they encrypt.
private final class OneRecordBroker {
    let port = FreePort.next()
    let certificates: Certificates
    private let directory = TemporaryDirectory()
    private let script: Int32
    private let server: ChildProcess

    /// - Parameter bytes: at most 16 384, which a record may hold.
    init(sending bytes: [UInt8]) throws {
        certificates = try Certificates()
        let path = directory.file("script")
        mkfifo(path, 0o600)
        // Open for writing as well, so that the server does not see its end.
        script = open(path, O_RDWR | O_CLOEXEC)
        #expect(write(script, bytes, bytes.count) == bytes.count)
        server = try ChildProcess(
            "sh",
            [
                "-c",
                "exec openssl s_server -quiet -accept \(port) -cert \(certificates.serverCertificateFile) "
                    + "-key \(certificates.serverKeyFile) < \(path)",
            ])
    }

    deinit { close(script) }

    /// PUBLISH at QoS 1 to `s`, with an empty payload.
    static func publish(packetID: Int) -> [UInt8] {
        [0x32, 6, 0, 1, UInt8(ascii: "s"), UInt8(packetID >> 8), UInt8(packetID & 0xFF), 0]
    }
}
