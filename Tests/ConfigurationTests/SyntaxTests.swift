import Testing

@Suite("What is not TOML")
struct SyntaxTests {
    /// A mistake, where the parser stops, and the line that was meant or words about it.
    @Test(
        "is shown with its place and what was meant",
        arguments: [
            ("interval = 60s", "1:14", "did you mean `interval = \"60s\"`?"),
            ("format = json", "1:10", "did you mean `format = \"json\"`?"),
            ("url = 127.0.0.1", "1:12", "did you mean `url = \"127.0.0.1\"`?"),
            ("radio = True", "1:9", "did you mean `radio = true`?"),
            ("radio = no", "1:10", "did you mean `radio = false`?"),
            ("name = “air”", "1:8", "did you mean `name = \"air\"`?"),
            ("name = \"air\nx = 1", "1:12", "did you mean `name = \"air\"`?"),
            ("path = \"C:\\poort\"", "1:12", "did you mean `path = 'C:\\poort'`?"),
            ("name: \"air\"", "1:5", "did you mean `name = \"air\"`?"),
            ("lat = 52,5", "1:9", "did you mean `lat = 52.5`?"),
            ("l = { lat = 52,5305, lon = 6,06 }", "1:20", "did you mean `l = { lat = 52.5305, lon = 6.06 }`?"),
            ("l = { lat = -1,5, n = 2 }", "1:17", "decimals take a point; did you mean `l = { lat = -1.5, n = 2 }`?"),
            ("lat = 52.5;", "1:11", "did you mean `lat = 52.5`?"),
            ("switch:0 = \"x\"", "1:7", "did you mean `\"switch:0\" = \"x\"`?"),
            ("[broker\nx = 1", "1:8", "did you mean `[broker]`?"),
            ("[[source]\nx = 1", "1:10", "did you mean `[[source]]`?"),
            ("[source]\n[source]", "2:1", "did you mean `[[source]]`?"),
            ("[broker]\nx = 1\n[broker]", "3:1", "a table is written once"),
            ("a = 1\na = 2", "2:5", "remove one of the two"),
            ("// air", "1:1", "a comment begins with #"),
            ("a = { b = 1, }", "1:14", "no comma comes behind the last value"),
            ("a = { b = 1,\nc = 2 }", "1:13", "on one line"),
            ("a = { b = 1 c = 2 }", "1:13", "a comma is missing"),
            ("a = [1 2]", "1:8", "a comma is missing"),
            ("a = [1,\nb = 2", "2:1", "above it not closed"),
            ("a =", "1:4", "there is no value"),
            ("a = 1 b = 2", "1:7", "one key and one value"),
            ("hello", "1:6", "a line is key = value"),
            ("a = 007", "1:8", "begins with no 0"),
        ])
    func advice(text: String, place: String, words: String) {
        expectComplaint(text, at: place, "not TOML: ", words)
    }

    @Test("never upsets the reader, however it is cut")
    func cut() {
        let text = leastSource + "[[device]]\nid = \"a\"\ngeometry = { empty = \"1800mm\", full = \"300mm\" } # “x\n"
        for count in 0..<text.utf8.count {
            let cut = String(decoding: text.utf8.prefix(count), as: UTF8.self)
            let error = (try? load(cut)) == nil ? complaints(cut) : []
            #expect(error.allSatisfy { $0.hasPrefix("t.toml:") })
        }
    }
}
