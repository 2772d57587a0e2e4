import Forwarding
import Secrets
import Telemetry
import TestKit
import Testing

@Suite("KafkaSink", .timeLimit(.minutes(3)))
struct KafkaSinkTests {
    private func options(_ cluster: MockKafka) -> KafkaOptions {
        var options = KafkaOptions(servers: cluster.servers, topic: "street")
        options.deliveryMilliseconds = 20_000
        return options
    }

    private func failure(_ sink: KafkaSink, _ rows: [SharedAggregate]) -> SinkFailure? {
        do throws(SinkFailure) {
            _ = try sink.deliver(rows)
            return nil
        } catch {
            return error
        }
    }

    @Test("writes rows that read back, each series in one partition and in order, with revision and tier beside it")
    func roundTrip() throws {
        let cluster = try MockKafka(brokers: 3)
        cluster.createTopic("street", partitions: 4)
        let sink = try KafkaSink(options(cluster))
        #expect(!sink.traits.isIdempotent)
        let rows = (0..<30).flatMap { number in
            (0..<10).map { PartnerRows.row(PartnerRows.series("aq-\($0)"), number, revision: number % 3 + 1) }
        }
        #expect(try sink.deliver(rows) == .allTaken)
        let records = try #require(cluster.records("street", partitions: 4))
        #expect(records.count == rows.count)
        #expect(Set(records.map(\.partition)).count > 1)
        for device in 0..<10 {
            let key = "stadshagen-01/aq-\(device)/pm2_5/ug/m3"
            let own = records.filter { $0.key == key }
            let expected = rows.filter { $0.series.device == "aq-\(device)" }
            #expect(own.map(\.value) == expected.map { AggregateJSON.text($0) })
            #expect(own.map(\.revision) == expected.map { "\($0.revision)" })
            #expect(Set(own.map(\.tier)) == ["15m"])
            #expect(Set(own.map(\.partition)).count == 1)
        }
    }

    @Test("more than its queue holds goes through it")
    func largeDelivery() throws {
        let cluster = try MockKafka()
        cluster.createTopic("street", partitions: 1)
        let sink = try KafkaSink(options(cluster))
        let series = PartnerRows.series(String(repeating: "long", count: 300))
        let rows = (0..<2000).map { PartnerRows.row(series, $0) }
        #expect(try sink.deliver(rows) == .allTaken)
        #expect(cluster.records("street", partitions: 1)?.map(\.value) == rows.map { AggregateJSON.text($0) })
    }

    @Test("a broker's passing error is overcome, without doubling anything")
    func retried() throws {
        let cluster = try MockKafka()
        cluster.createTopic("street", partitions: 1)
        let sink = try KafkaSink(options(cluster))
        // Not enough in-sync replicas; not the leader any more.
        cluster.fail(.produce, with: 19)
        cluster.fail(.produce, with: 6)
        let rows = (0..<20).map { PartnerRows.row(PartnerRows.series(), $0) }
        #expect(try sink.deliver(rows) == .allTaken)
        #expect(cluster.records("street", partitions: 1)?.map(\.value) == rows.map { AggregateJSON.text($0) })
    }

    @Test("a row that the broker does not want is refused alone; with others the delivery is refused whole")
    func refused() throws {
        let cluster = try MockKafka()
        cluster.createTopic("street", partitions: 1)
        let sink = try KafkaSink(options(cluster))
        let row = PartnerRows.row(PartnerRows.series())
        for error in [87, 10] {
            cluster.fail(.produce, with: error)
            let delivery = try sink.deliver([row])
            guard case .refused(let words)? = delivery.outcomes.first else {
                Issue.record("\(error): \(delivery)")
                continue
            }
            #expect(words.contains(error == 87 ? "record" : "size"), "\(words)")
        }
        cluster.fail(.produce, with: 87)
        #expect(failure(sink, [row, PartnerRows.row(PartnerRows.series(), 1)])?.kind == .refused)
        // One that is too large for the client's own limit is known without asking.
        let huge = PartnerRows.row(PartnerRows.series(String(repeating: "x", count: 600_000)), 2)
        let mixed = try sink.deliver([row, huge])
        #expect(mixed.outcomes.count == 2)
        #expect(mixed.outcomes.first == .taken)
        guard case .refused? = mixed.outcomes.last else {
            Issue.record("\(mixed)")
            return
        }
    }

    @Test("says who may write and that there is no such topic, and goes on once that is put right")
    func misconfigured() throws {
        let cluster = try MockKafka()
        cluster.createTopic("street", partitions: 1)
        var options = options(cluster)
        options.deliveryMilliseconds = 3000
        let sink = try KafkaSink(options)
        let row = PartnerRows.row(PartnerRows.series())
        cluster.fail(.produce, with: 29)
        let forbidden = failure(sink, [row])
        #expect(forbidden?.kind == .misconfigured)
        #expect(forbidden?.hint.contains("ACL") == true)
        cluster.setError(3, ofTopic: "street")
        sink.disconnect()
        let unknown = failure(sink, [row])
        #expect(unknown?.kind == .misconfigured, "\(unknown?.description ?? "")")
        #expect(unknown?.mayHaveArrived == false)
        cluster.setError(0, ofTopic: "street")
        #expect(try sink.deliver([row]) == .allTaken)
        for topic in ["", "a b", "a/b", ".."] {
            #expect(throws: SinkFailure.self) { try KafkaSink(KafkaOptions(servers: ["a:1"], topic: topic)) }
        }
    }

    @Test("a producer that is done for is replaced")
    func fatal() throws {
        let cluster = try MockKafka()
        cluster.createTopic("street", partitions: 1)
        let sink = try KafkaSink(options(cluster))
        // No right to write idempotently, which librdkafka takes for the end.
        cluster.fail(.makeProducer, with: 31)
        let row = PartnerRows.row(PartnerRows.series())
        let ended = failure(sink, [row])
        #expect(ended?.kind == .misconfigured, "\(ended?.description ?? "")")
        #expect(ended?.hint.contains("IdempotentWrite") == true)
        #expect(try sink.deliver([row]) == .allTaken)
        #expect(cluster.records("street", partitions: 1)?.count == 1)
    }

    @Test("a broker that is down is unavailable, and nothing is lost once it is up")
    func downAndUp() throws {
        let cluster = try MockKafka()
        cluster.createTopic("street", partitions: 1)
        var options = options(cluster)
        let first = try KafkaSink(options)
        let rows = (0..<3).map { PartnerRows.row(PartnerRows.series(), $0) }
        _ = try first.deliver([rows[0]])
        options.deliveryMilliseconds = 1500
        let sink = try KafkaSink(options)
        cluster.setBroker(1, isUp: false)
        let down = failure(sink, [rows[1]])
        #expect(down?.kind == .unavailable)
        #expect(down?.mayHaveArrived == false)
        cluster.setBroker(1, isUp: true)
        #expect(try first.deliver([rows[1], rows[2]]) == .allTaken)
        #expect(cluster.records("street", partitions: 1)?.map(\.value) == rows.map { AggregateJSON.text($0) })
    }

    @Test("nobody there: says what was tried, and no password")
    func nobody() throws {
        var options = KafkaOptions(servers: ["127.0.0.1:\(FreePort.next())"], topic: "street")
        options.deliveryMilliseconds = 1500
        options.username = "poort"
        options.password = Secret("geheim")
        let sink = try KafkaSink(options)
        let gone = failure(sink, [PartnerRows.row(PartnerRows.series())])
        #expect(gone?.kind == .unavailable)
        #expect(gone?.cause.contains("refused") == true, "\(gone?.description ?? "")")
        #expect(gone?.description.contains("geheim") == false)
        #expect(!sink.preview([PartnerRows.row(PartnerRows.series())]).contains("geheim"))
    }

    @Test("does not speak to brokers whose certificate is of another authority, and does not wait long to say so")
    func foreignAuthority() throws {
        // Any server with TLS will do: it comes no further than its certificate.
        var serverOptions = PrivateBroker.Options()
        serverOptions.certificates = try Certificates()
        let server = try PrivateBroker(serverOptions)
        var options = KafkaOptions(servers: ["127.0.0.1:\(server.port)"], topic: "street")
        options.isEncrypted = true
        let other = try Certificates()
        options.caFile = other.caFile
        options.deliveryMilliseconds = 600_000
        let foreign = failure(try KafkaSink(options), [PartnerRows.row(PartnerRows.series())])
        #expect(foreign?.kind == .misconfigured)
        #expect(foreign?.operation == "write")
        #expect(foreign?.hint.contains("ca_file") == true, "\(foreign?.description ?? "")")
        options.caFile = "/nowhere/ca.pem"
        let unreadable = failure(try KafkaSink(options), [PartnerRows.row(PartnerRows.series())])
        #expect(unreadable?.kind == .misconfigured)
        #expect(unreadable?.hint.contains("ca_file") == true)
    }

    @Test("a broker that hangs is waited for no longer than was said, and may have taken it")
    func hanging() throws {
        let cluster = try MockKafka()
        cluster.createTopic("street", partitions: 1)
        var options = options(cluster)
        options.deliveryMilliseconds = 2000
        let sink = try KafkaSink(options)
        let row = PartnerRows.row(PartnerRows.series())
        _ = try sink.deliver([row])
        cluster.setLatency(milliseconds: 60_000)
        let hung = failure(sink, [row])
        #expect(hung?.kind == .unavailable)
        #expect(hung?.mayHaveArrived == true)
        cluster.setLatency(milliseconds: 0)
        #expect(try sink.deliver([row]) == .allTaken)
    }

    @Test("a broker that hangs is given up when it is told to end, and may have taken it")
    func cancelled() throws {
        let cluster = try MockKafka()
        cluster.createTopic("street", partitions: 1)
        var options = options(cluster)
        options.deliveryMilliseconds = 600_000
        let sink = try KafkaSink(options)
        let row = PartnerRows.row(PartnerRows.series())
        _ = try sink.deliver([row])
        cluster.setLatency(milliseconds: 60_000)
        sink.cancellation.cancel(afterMilliseconds: 500)
        let cancelled = failure(sink, [row])
        #expect(cancelled?.cause == "ended on request")
        #expect(failure(sink, [row])?.cause == "ended on request")
        cluster.setLatency(milliseconds: 0)
        #expect(try KafkaSink(options).deliver([row]) == .allTaken)
    }
}
