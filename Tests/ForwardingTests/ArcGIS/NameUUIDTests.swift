import Testing

@testable import Forwarding

@Suite("UUIDs from names")
struct NameUUIDTests {
    private func hex(_ text: String) -> String {
        SHA1.digest(of: Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Source: RFC 3174, 7.3; FIPS 180-2, A.3.
    @Test func digestsAreThoseOfTheStandard() {
        #expect(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
        #expect(hex(String(repeating: "a", count: 1_000_000)) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
        #expect(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(
            hex(String(repeating: "0123456701234567012345670123456701234567012345670123456701234567", count: 10))
                == "dea356a2cddd90c7a7ecedc5ebb563934f460452")
    }

    /// Source: RFC 9562, A.4.
    @Test func uuidsAreThoseOfTheStandard() {
        #expect(
            NameUUID(space: .dns, name: "www.example.com").description == "2ED6657D-E927-568B-95E1-2665A8AEA6A2")
    }

    /// Source: the documentation of Python's uuid module.
    @Test func othersMakeTheSame() {
        #expect(NameUUID(space: .dns, name: "python.org").description == "886313E1-3B8A-5372-9B90-0C9AEE199E5D")
    }
}
