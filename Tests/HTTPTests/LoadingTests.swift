import Glibc
import TestKit
import Testing

@Suite("libcurl")
struct LoadingTests {
    @Test("is linked into nothing: who speaks to nobody over HTTP does not pay for it")
    func isNotLinked() throws {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let list = try ChildProcess("readelf", ["-d", program])
        #expect(list.wait() == .exited(0))
        // This program holds all rooms.
        #expect(list.standardOutput.contains("[libmosquitto.so"))
        #expect(!list.standardOutput.contains("[libcurl"))
    }
}
