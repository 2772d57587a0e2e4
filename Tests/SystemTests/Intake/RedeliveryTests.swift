import Control
import MQTT
import Storage
import Telemetry
import TestKit
import Testing

/// What was committed and not acknowledged comes again, and changes nothing: not even where the payload cannot tell.
@Suite("Redelivery")
struct RedeliveryTests {
    @Test(
        "messages without a time of their own, and rejected ones, are recognised after their acknowledgements were lost",
        .timeLimit(.minutes(1)), arguments: [false, true])
    func lostAcknowledgements(isKilled: Bool) async throws {
        let broker = try PrivateBroker()
        let proxy = try CuttingProxy(to: broker.port)
        let gateway = GatewayProcess(broker: proxy.port)
        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")

        proxy.swallow()
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "publisher"))
        let payloads = Array(repeating: #"{"value":7}"#, count: 40) + ["no json", #"{"value":8}"#, "no json"]
        for payload in payloads { try publisher.publish("sensors/test/d/pm10", payload: Array(payload.utf8)) }
        try publisher.drain()
        #expect(await eventually { gateway.storedCount == 41 }, "\(gateway.log)")
        let before = try account(gateway)
        #expect(before.received == 43 && before.quarantined == 2 && before.duplicate == 0)

        if isKilled { gateway.kill() }
        proxy.cut()
        if isKilled { try gateway.start() }
        #expect(await eventually(within: .seconds(40)) { (try? account(gateway).received) == 86 }, "\(gateway.log)")
        let after = try account(gateway)
        #expect(after.duplicate == 43)
        #expect(after.stored == 41 && after.quarantined == 2 && after.isBalanced)
        #expect(gateway.storedCount == 41)

        // An equal payload under a new packet id is a new reading.
        try publisher.publish("sensors/test/d/pm10", payload: Array(#"{"value":7}"#.utf8))
        try publisher.drain()
        publisher.close()
        #expect(await eventually { gateway.storedCount == 42 })
        #expect(gateway.stop() == .exited(0))
        #expect(try account(gateway).stored == 42)
    }

    private func account(_ gateway: GatewayProcess) throws -> LedgerCounts {
        try gateway.reader().ledger().reduce(into: LedgerCounts()) { $0.add($1.messages) }
    }
}
