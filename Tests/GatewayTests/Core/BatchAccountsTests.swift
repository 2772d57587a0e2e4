import Telemetry
import Testing

@testable import Gateway

@Suite("BatchAccounts")
struct BatchAccountsTests {
    @Test("keeps an account for each source, and one for topics that match none")
    func accounts() {
        var accounts = BatchAccounts()
        accounts.setSources(["air", "bins"])
        #expect(accounts.changed.isEmpty)
        accounts.update(-1) { $0.messages.received += 1 }
        accounts.update(1) { $0.messages.received += 2 }
        #expect(accounts.changed.map(\.source) == ["(no source)", "bins"])
        #expect(accounts.changed.map(\.messages.received) == [1, 2])
        #expect(accounts.name(of: 0) == "air")
        accounts.clear()
        #expect(accounts.changed.isEmpty, "what is committed is not counted again")
        accounts.update(0) { $0.readings.stored += 3 }
        #expect(accounts.changed.map(\.source) == ["air"])
    }
}
