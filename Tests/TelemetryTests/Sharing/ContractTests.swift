import Telemetry
import Testing

@Suite("Contract")
struct ContractTests {
    private let bin = SeriesFacts(
        id: 1, device: "bin-1", deviceType: "waste", quantity: "fill_level", unit: "%", kind: .gauge,
        neighbourhood: "Assendorp", labels: ["owner": "rova", "round": "3"])

    @Test("shares nothing without rules")
    func empty() {
        #expect(Contract(rules: []).tiers(of: bin).isEmpty)
    }

    @Test("joins what its rules share")
    func union() {
        let contract = Contract(rules: [
            ShareRule(quantities: ["fill_level"], tiers: [.hour]), ShareRule(deviceTypes: ["waste"], tiers: [.day]),
            ShareRule(deviceTypes: ["traffic"], tiers: [.minute]),
        ])
        #expect(contract.tiers(of: bin) == [.hour, .day])
    }

    @Test("asks for all that a rule names")
    func all() {
        func shares(_ rule: ShareRule) -> Bool { !Contract(rules: [rule]).tiers(of: bin).isEmpty }
        #expect(shares(ShareRule(tiers: [.hour])))
        #expect(shares(ShareRule(quantities: ["fill_level", "x"], neighbourhoods: ["Assendorp"], tiers: [.hour])))
        #expect(!shares(ShareRule(quantities: ["fill_level"], neighbourhoods: ["Holtenbroek"], tiers: [.hour])))
        #expect(shares(ShareRule(labels: ["owner": "rova"], tiers: [.hour])))
        #expect(!shares(ShareRule(labels: ["owner": "rova", "round": "4"], tiers: [.hour])))
        #expect(!shares(ShareRule(labels: ["colour": "green"], tiers: [.hour])))
        #expect(!shares(ShareRule(devices: ["bin-2"], tiers: [.hour])))
        #expect(!shares(ShareRule(devices: [], tiers: [.hour])))
    }
}
