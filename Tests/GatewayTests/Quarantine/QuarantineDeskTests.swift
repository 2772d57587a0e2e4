import Control
import Telemetry
import Testing

@testable import Gateway

/// Who waits at the desk is told, whatever becomes of the request.
@Suite("Quarantine desk")
struct QuarantineDeskTests {
    private func refusal(_ desk: QuarantineDesk, wake: @escaping @Sendable () -> Void) async -> ControlError? {
        do throws(ControlError) {
            _ = try await desk.ask(.replay, QuarantineSelection(), wake: wake)
            return nil
        } catch {
            return error
        }
    }

    @Test("lets go who waits when the gateway stops, at once", .timeLimit(.minutes(1)))
    func stop() async {
        let desk = QuarantineDesk()
        let error = await refusal(desk) { desk.close() }
        #expect(error?.cause.contains("stopping") == true)
    }

    @Test("has one request at a time", .timeLimit(.minutes(1)))
    func busy() async {
        let desk = QuarantineDesk()
        async let first = refusal(desk) {}
        while desk.takeRequest() == nil { await Task.yield() }
        #expect(await refusal(desk) {}?.cause.contains("another command") == true)
        desk.close()
        #expect(await first != nil)
    }
}
