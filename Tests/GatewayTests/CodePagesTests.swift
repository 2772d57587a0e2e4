@testable import Gateway
import Glibc
import Testing

@Suite("Pages of code")
struct CodePagesTests {
    @Test(
        "are those of files, and of code alone",
        arguments: [
            ("55d0c0000000-55d0c1000000 r-xp 00001000 08:01 123                        /usr/local/bin/poort\n", true),
            ("7f0000000000-7f0000001000 r-xp 00000000 08:01 99 /usr/lib/a library.so\n", true),
            ("55d0c1000000-55d0c1100000 r--p 01001000 08:01 123                        /usr/local/bin/poort\n", false),
            ("55d0c1100000-55d0c1200000 rw-p 01101000 08:01 123                        /usr/local/bin/poort\n", false),
            ("7ffd1c5f0000-7ffd1c5f2000 r-xp 00000000 00:00 0                          [vdso]\n", false),
            ("7f0000000000-7f0000001000 r-xp 00000000 00:00 0 \n", false),
            ("nonsense\n", false), ("", false),
        ])
    func lines(line: String, isCode: Bool) {
        #expect((CodePages.addresses(of: line) != nil) == isCode)
    }

    @Test("come back as they were")
    func release() {
        // This test's own code, and all that it calls.
        for round in 0..<20 {
            CodePages.release()
            #expect("\(round)".utf8.count == (round < 10 ? 1 : 2))
        }
    }
}
