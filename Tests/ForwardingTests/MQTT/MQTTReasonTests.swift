import Forwarding
import MQTT
import Testing

@Suite("MQTTSink and a broker's reasons", .timeLimit(.minutes(1)))
struct MQTTReasonTests {
    private let row = PartnerRows.row(PartnerRows.series())

    private func sink(_ broker: ScriptedBroker) throws -> MQTTSink {
        try MQTTSink(MQTTSinkOptions(MQTTOptions(host: "127.0.0.1", port: broker.port, clientID: "poort")))
    }

    private func failure(_ script: ScriptedBroker.Script) throws -> SinkFailure? {
        let broker = ScriptedBroker(script)
        let sink = try sink(broker)
        do throws(SinkFailure) {
            _ = try sink.deliver([row])
            return nil
        } catch {
            return error
        }
    }

    @Test("each message gets its own answer")
    func published() throws {
        let reasons: [UInt8] = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]
        let broker = ScriptedBroker(ScriptedBroker.Script(published: reasons))
        let delivery = try sink(broker).deliver(reasons.indices.map { PartnerRows.row(PartnerRows.series(), $0) })
        let kinds = delivery.outcomes.map { outcome in
            switch outcome {
            case .taken: "taken"
            case .refused(let words): words.isEmpty ? "no words" : "refused"
            case .again(let words): words.isEmpty ? "no words" : "again"
            }
        }
        #expect(kinds == ["taken", "taken", "again", "again", "refused", "refused", "again", "again", "refused"])
    }

    @Test(
        "who is not let in needs somebody; who comes at a bad time waits",
        arguments: [
            (0x84, SinkFailure.Kind.misconfigured), (0x85, .misconfigured), (0x86, .misconfigured),
            (0x87, .misconfigured),
            (0x8A, .misconfigured), (0x88, .unavailable), (0x89, .unavailable), (0x97, .unavailable),
            (0x9F, .unavailable),
        ] as [(UInt8, SinkFailure.Kind)])
    func refusedConnection(reason: UInt8, kind: SinkFailure.Kind) throws {
        let refused = try failure(ScriptedBroker.Script(connected: reason))
        #expect(refused?.kind == kind, "\(refused?.description ?? "")")
        #expect(refused?.mayHaveArrived == false)
    }

    @Test(
        "a broker that hangs up says why: for a message, for this client, or for itself",
        arguments: [
            (0x90, SinkFailure.Kind.refused), (0x95, .refused), (0x99, .refused), (0x87, .misconfigured),
            (0x8B, .unavailable), (0x97, .unavailable), (0x98, .unavailable),
        ] as [(UInt8, SinkFailure.Kind)])
    func disconnected(reason: UInt8, kind: SinkFailure.Kind) throws {
        let ended = try failure(ScriptedBroker.Script(disconnected: reason))
        #expect(ended?.kind == kind, "\(ended?.description ?? "")")
        #expect(ended?.mayHaveArrived == true)
    }
}
