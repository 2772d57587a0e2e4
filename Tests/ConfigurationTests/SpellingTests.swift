@testable import GatewayConfiguration
import Testing

@Suite("Spelling")
struct SpellingTests {
    private let words = ["temperature", "humidity", "pm1", "pm10", "pm2_5", "fill_level", "K"]

    @Test(
        "finds the word that was meant",
        arguments: [
            ("temprature", "temperature"), ("Humidity", "humidity"), ("pm25", "pm2_5"), ("pm25x", "pm2_5"),
            ("fil_levle", "fill_level"), ("temp", "temperature"), ("hum", "humidity"),
        ])
    func near(word: String, meant: String) {
        #expect(Spelling.nearest(to: word, among: words) == meant)
    }

    @Test(
        "finds none where none is near",
        arguments: ["", "x", "co2", "zzzzzzzz", "te", String(repeating: "x", count: 9000)])
    func far(word: String) {
        #expect(Spelling.nearest(to: word, among: words) == nil)
    }
}
