@testable import Telemetry
import Testing

@Suite("JSONPath")
struct JSONPathTests {
    @Test(
        "reads keys, indices and quoted keys",
        arguments: [
            ("a", [.key(Array("a".utf8))]), ("a.b", [.key(Array("a".utf8)), .key(Array("b".utf8))]),
            ("a[0]", [.key(Array("a".utf8)), .index(0)]),
            ("a[0][12].b", [.key(Array("a".utf8)), .index(0), .index(12), .key(Array("b".utf8))]),
            ("a.\"PM2.5\"", [.key(Array("a".utf8)), .key(Array("PM2.5".utf8))]),
            ("\"a.b\".c", [.key(Array("a.b".utf8)), .key(Array("c".utf8))]),
            ("\"switch:0\"[1]", [.key(Array("switch:0".utf8)), .index(1)]),
            ("switch:0", [.key(Array("switch:0".utf8))]),
            ("\"\"", [.key([])]), ("é", [.key(Array("é".utf8))]),
        ] as [(String, [JSONPath.Step])])
    func reads(text: String, steps: [JSONPath.Step]) {
        #expect(JSONPath(text)?.steps == steps)
    }

    @Test(
        "refuses what is no path",
        arguments: [
            "", ".", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[x]", "a[-1]", "a[0", "a[0]b", "\"a", "\"a\"b", "a.[0]",
            "a[99999999999999999999]", "[0].a",
        ])
    func refused(text: String) {
        #expect(JSONPath(text) == nil)
    }
}
