import FuzzTarget
import Glibc
import Telemetry

/// Has libFuzzer feed a decoder. `POORT_FUZZ` names a payload format, or `configuration`.
///
/// Source: https://llvm.org/docs/LibFuzzer.html
@main
struct Fuzzer {
    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(
            runDriver(&count, &arguments) { start, count in
                Fed.target.take(UnsafeRawBufferPointer(start: start, count: count))
                return 0
            })
    }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<Int8>?>>,
    _ take: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// libFuzzer's thread alone comes here.
private enum Fed {
    nonisolated(unsafe) static let target: FuzzTarget = {
        _ = DayCalendar.useTimeZone("Europe/Amsterdam")
        let name = getenv("POORT_FUZZ").map { String(cString: $0) } ?? ""
        guard let target = FuzzTarget(name) else {
            fatalError("POORT_FUZZ must name a format or configuration, not \"\(name)\"")
        }
        return target
    }()
}
