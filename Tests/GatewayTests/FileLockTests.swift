import TestKit
import Testing

@testable import Gateway

@Suite("FileLock")
struct FileLockTests {
    private let directory = TemporaryDirectory()

    @Test("keeps a second one off, and is free again once let go")
    func exclusive() throws {
        let path = directory.file("poort.db.lock")
        var first: FileLock? = try FileLock(path: path)
        let refusal = #expect(throws: GatewayError.self) { try FileLock(path: path) }
        #expect(refusal?.cause.contains("another poort") == true)
        withExtendedLifetime(first) {}
        first = nil
        #expect(throws: Never.self) { try FileLock(path: path) }
    }

    @Test("says what to do where the file cannot be made")
    func noDirectory() {
        let refusal = #expect(throws: GatewayError.self) { try FileLock(path: directory.file("none/poort.db.lock")) }
        #expect(refusal?.hint.contains("directory") == true)
    }
}
