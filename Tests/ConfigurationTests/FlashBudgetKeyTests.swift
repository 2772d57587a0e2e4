@testable import GatewayConfiguration
import Testing

@Suite("flash_budget and commit_interval")
struct FlashBudgetKeyTests {
    @Test(
        "is a size a day", arguments: [("2GiB/day", 2 << 30), ("500MB/day", 500_000_000), ("1MiB/day", 1 << 20)])
    func sizes(text: String, bytes: Int64) throws {
        #expect(
            try load(leastSource + "[storage]\nflash_budget = \"\(text)\"").storage.flashBudgetBytesPerDay == bytes)
        #expect(
            try load(leastSource + "[storage]\nflash_budget = \"none\"").storage.flashBudgetBytesPerDay == nil)
        #expect(try load(leastSource).storage.flashBudgetBytesPerDay == nil)
    }

    @Test(
        "what is written otherwise is refused with what was meant",
        arguments: [
            ("\"2GiB\"", "did you mean `2GiB/day`?"), ("\"2 GiB per day\"", "did you mean `2GiB/day`?"),
            ("\"500 mb / d\"", "did you mean `500MB/day`?"), ("\"lots\"", "a size a day in a string"),
            ("2000000000", "a size a day in a string"), ("\"1KiB/day\"", "it must lie from 1MiB/day to 1TiB/day"),
        ])
    func refused(value: String, words: String) {
        expectComplaint(leastSource + "[storage]\nflash_budget = \(value)", at: "5:16", words)
    }

    @Test("an interval of more than half the keepalive is refused where it stands")
    func keepAlive() throws {
        let broker = "[broker]\nkeepalive = \"20s\"\n[storage]\n"
        expectComplaint(
            leastSource + broker + "commit_interval = \"11s\"", at: "7:19", "half of the broker's keepalive of 20s",
            "at most 10s")
        #expect(
            try load(leastSource + broker + "commit_interval = \"10s\"").storage.commitIntervalMilliseconds == 10_000)
    }
}
