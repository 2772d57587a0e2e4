import Telemetry
import Testing

@Suite("QualityFlag")
struct QualityFlagTests {
    @Test("the graver verdict stands, in QARTOD's order 9 < 2 < 1 < 3 < 4, whichever comes first")
    func precedence() {
        let order: [QualityFlag] = [.missing, .unknown, .good, .suspect, .fail]
        #expect(order.map(\.rawValue) == [9, 2, 1, 3, 4])
        for (low, lower) in order.enumerated() {
            for (high, higher) in order.enumerated() where high >= low {
                #expect(lower.combined(with: higher) == higher)
                #expect(higher.combined(with: lower) == higher)
            }
        }
    }

    @Test("only good and unevaluated readings are used")
    func usable() {
        #expect(QualityFlag.allCases.filter(\.isUsable) == [.good, .unknown])
    }
}

@Suite("QualityTests")
struct QualityTestsTests {
    @Test("holds the flag of a test in four bits of its own", arguments: QualityFlag.allCases)
    func holds(flag: QualityFlag) {
        var tests = QualityTests(bits: 0x7FFF_FFFF_FFFF_FFF0)
        #expect(tests[.grossRange] == nil)
        tests[.grossRange] = flag
        #expect(tests[.grossRange] == flag)
        #expect(tests.bits == 0x7FFF_FFFF_FFFF_FFF0 | Int64(flag.rawValue), "the bits of other tests must stay")
        tests[.grossRange] = nil
        #expect(tests.bits == 0x7FFF_FFFF_FFFF_FFF0)
    }

    @Test("is stored under numbers and named in the configuration as ioos_qc has it")
    func stored() {
        #expect(QualityTest.allCases.map(\.rawValue) == [0])
        #expect(QualityTest.allCases.map(\.name) == ["gross_range"])
        #expect(QualityTests(bits: 0x3)[.grossRange] == .suspect)
    }

    @Test("gives the verdict of all tests, and none without a test")
    func combined() {
        var tests = QualityTests()
        #expect(tests.combined == .unknown)
        for flag in QualityFlag.allCases {
            tests[.grossRange] = flag
            #expect(tests.combined == flag)
        }
    }

    @Test("takes bits that stand for no flag as no test")
    func foreignBits() {
        #expect(QualityTests(bits: 0x7)[.grossRange] == nil)
        #expect(QualityTests(bits: 0xF).combined == .unknown)
    }
}
