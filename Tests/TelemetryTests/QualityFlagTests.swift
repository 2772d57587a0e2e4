import Telemetry
import TestKit
import Testing

@Suite("QualityFlag")
struct QualityFlagTests {
    @Test("only good and unevaluated readings are used")
    func usable() {
        #expect(QualityFlag.allCases.filter(\.isUsable) == [.good, .unknown])
    }
}

@Suite("QualityTests")
struct QualityTestsTests {
    /// The verdict of several tests is the last of these. Source: QARTOD, the order of its flags.
    private static let byGravity: [QualityFlag] = [.missing, .unknown, .good, .suspect, .fail]

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
        #expect(QualityTest.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 8])
        let names = [
            "gross_range", "spike", "rate_of_change", "flat_line", "attenuated_signal", "time_gap", "impossible_date",
            "co_located", "peer_spread",
        ]
        #expect(QualityTest.allCases.map(\.name) == names)
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

    @Test("gives of several tests the gravest verdict, wherever they stand")
    func combinedOfSeveral() {
        var random = SeededGenerator.fromEnvironment()
        for _ in 0..<20_000 {
            var tests = QualityTests()
            var gravest = -1
            for test in QualityTest.allCases where Bool.random(using: &random) {
                // Now and then bits that stand for no flag.
                guard Int.random(in: 0...9, using: &random) > 0 else {
                    tests.bits |= [5, 6, 7, 8, 10, 15].randomElement(using: &random)! << (Int64(test.rawValue) * 4)
                    continue
                }
                let flag = QualityFlag.allCases.randomElement(using: &random)!
                tests[test] = flag
                gravest = max(gravest, QualityTestsTests.byGravity.firstIndex(of: flag)!)
            }
            // What a later version may have stored.
            tests.bits |= Int64.random(in: 0...0xFF, using: &random) << 36
            let expected = gravest < 0 ? .unknown : QualityTestsTests.byGravity[gravest]
            #expect(tests.combined == expected, "seed \(random.seed), bits \(tests.bits)")
        }
    }

    @Test("takes over the flags of the tests that were judged anew, and keeps the rest")
    func replace() {
        var random = SeededGenerator.fromEnvironment()
        for _ in 0..<2000 {
            var (tests, judged, expected) = (QualityTests(), QualityTests(), QualityTests())
            for test in QualityTest.allCases {
                tests[test] = Bool.random(using: &random) ? QualityFlag.allCases.randomElement(using: &random) : nil
                judged[test] = Bool.random(using: &random) ? QualityFlag.allCases.randomElement(using: &random) : nil
                expected[test] = judged[test] ?? tests[test]
            }
            tests.replace(with: judged)
            #expect(tests == expected, "seed \(random.seed)")
        }
    }

    @Test("takes bits that stand for no flag as no test")
    func foreignBits() {
        #expect(QualityTests(bits: 0x7)[.grossRange] == nil)
        #expect(QualityTests(bits: 0xF).combined == .unknown)
    }
}
