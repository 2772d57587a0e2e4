import TestKit
import Testing

/// `Tests/PlantedMistakes`: a configuration with ten mistakes, and what is to be said of each, written by hand.
@Suite("Ten planted mistakes")
struct PlantedMistakesTests {
    private static let folder = "\(PackageFolder.path)/Tests/PlantedMistakes"

    @Test("are all found at once, where they are, with what would be right")
    func found() throws {
        let text = try #require(TemporaryDirectory.read("\(PlantedMistakesTests.folder)/poort.toml"))
        let expected = try #require(TemporaryDirectory.read("\(PlantedMistakesTests.folder)/complaints.txt"))
            .split(separator: "\n").map { $0.replacing("poort.toml:", with: "t.toml:") }
        let found = complaints(text)
        #expect(expected.count == 10)
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) { #expect(found == expected) }
    }
}
