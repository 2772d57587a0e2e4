import HTTP
import TestKit
import Testing
import Threading

@Suite("HTTPClient and a name server that does not answer", .timeLimit(.minutes(2)))
struct HangingNameTests {
    @Test("gives it up in time, and sooner when another thread says so", .enabled(if: SilentNameServer.isPossible))
    func hangs() async throws {
        let cancellation = HTTPCancellation()
        let thread = WorkerThread(name: "resolver") {
            do {
                let names = try SilentNameServer()
                var options = HTTPOptions()
                options.connectMilliseconds = 300
                let impatient = #expect(throws: HTTPError.self) {
                    try HTTPClient(options).send(HTTPRequest(.get, "http://metrics.example.org/")).status == 0
                }
                #expect(names.isAsked(about: "metrics.example.org"))
                #expect(impatient?.kind == .timeout)
                #expect(impatient?.cause.contains("did not resolve") == true)
                #expect(impatient?.mayHaveArrived == false)

                options.connectMilliseconds = 600_000
                options.totalMilliseconds = 600_000
                let canceller = WorkerThread(name: "canceller") {
                    #expect(names.isAsked(about: "metrics.example.com"))
                    cancellation.cancel()
                }
                let cancelled = #expect(throws: HTTPError.self) {
                    let client = try HTTPClient(options, cancellation: cancellation)
                    return try client.send(HTTPRequest(.get, "http://metrics.example.com/")).status == 0
                }
                #expect(cancelled?.kind == .cancelled)
                #expect(cancelled?.mayHaveArrived == false)
                #expect(canceller.join(milliseconds: 10_000))
            } catch {
                Issue.record("\(error)")
            }
        }
        // Far less than a name server's own time limit, which is 150 s here.
        #expect(thread.join(milliseconds: 60_000))
    }
}
