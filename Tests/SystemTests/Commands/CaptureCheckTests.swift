import TestKit
import Testing

/// `poort check --capture`.
@Suite("poort check --capture")
struct CaptureCheckTests {
    private let directory = TemporaryDirectory()

    private func check(_ capture: String, _ options: [String] = []) throws -> ChildProcess {
        let configuration = directory.write(
            """
            [[source]]
            name = "street"
            topic = "sensors/{device}/{quantity}"
            value = "v"
            time = "t"
            [[source]]
            topic = "v3/+/devices/+/#"
            format = "the-things-stack-v3"
            """, to: "poort.toml")
        let file = directory.write(capture, to: "capture.ndjson")
        let run = try ChildProcess(
            GatewayProcess.executable, ["check", "--config", configuration, "--capture", file] + options)
        _ = run.wait()
        return run
    }

    private static func line(_ topic: String, _ payload: String) -> String {
        let quoted = payload.replacing("\"", with: "\\\"")
        return "{\"received\":\"2026-11-23T10:00:00.000Z\",\"topic\":\"\(topic)\",\"payload\":\"\(quoted)\"}\n"
    }

    private static let good =
        line("sensors/aq-1/pm2_5", #"{"v":12.5,"t":"2026-11-23T09:59:58Z"}"#)
        + line("sensors/aq-1/humidity", #"{"v":71}"#)
        + line("v3/app/devices/d/join", "{}")

    @Test("shows each reading, and what is let go by rule; exits 0")
    func good() throws {
        let run = try check(CaptureCheckTests.good)
        #expect(run.wait() == .exited(0))
        let expected = """
            line 1  sensors/aq-1/pm2_5  (source "street")
                aq-1  pm2_5  12.5  ug/m3  2026-11-23T09:59:58.000Z
            line 2  sensors/aq-1/humidity  (source "street")
                aq-1  humidity  71  %  2026-11-23T10:00:00.000Z (receipt)
            line 3  v3/app/devices/d/join  (source "v3/+/devices/+/#")
                ignored_topic  not an uplink: `v3/app/devices/d/join`
            \(directory.file("capture.ndjson")): 3 messages, 2 readings
            let go by rule: 1 message (ignored_topic 1)

            """
        #expect(run.standardOutput == expected)
    }

    @Test("shows why a message would be quarantined, goes on behind lines that are no messages, and exits 1")
    func bad() throws {
        let long = CaptureCheckTests.line("x", String(repeating: "y", count: 9 << 20))
        let capture =
            CaptureCheckTests.line("sensors/aq-1/pm2_5", #"{"v":"high"}"#) + "nonsense\n\n" + long
            + #"{"received":"yesterday","topic":"t","payload":""}"# + "\n" + CaptureCheckTests.line("other", "1")
            + CaptureCheckTests.line("sensors/\\u001b[31mx/pm2_5", #"{"v":1}"#)
        let run = try check(capture)
        #expect(run.wait() == .exited(1))
        let shown = run.standardOutput.split(separator: "\n").map(String.init)
        #expect(
            shown == [
                "line 1  sensors/aq-1/pm2_5  (source \"street\")",
                "    bad_value  `pm2_5` has no number but `high`",
                "line 2  no message: not a JSON object", "line 4  no message: the line is longer than 8 MiB",
                "line 5  no message: `received` is not an RFC 3339 time: yesterday", "line 6  other  (no source)",
                "    unknown_topic  no [[source]] has a topic that matches `other`",
                "line 7  sensors/\u{FFFD}[31mx/pm2_5  (source \"street\")",
                "    unknown_device  the device's name `\u{FFFD}[31mx` holds control characters",
                "\(directory.file("capture.ndjson")): 3 messages, 0 readings",
                "would be quarantined: 3 messages (bad_value 1, unknown_device 1, unknown_topic 1)",
                "no message: 3 lines",
            ])
    }

    @Test("counts messages, and says once what is wrong with many readings of one in the same way")
    func repeated() throws {
        let capture =
            CaptureCheckTests.line("home/d-1", #"{"t":20,"h":50,"p":1013}"#)
            + CaptureCheckTests.line("home/d-1", #"{"t":21,"h":51}"#)
        let configuration = directory.write(
            """
            [devices]
            unknown = "quarantine"
            [[source]]
            topic = "home/{device}"
            values = { temperature = "t", humidity = "h", pressure = "p" }
            """, to: "strict.toml")
        let run = try ChildProcess(
            GatewayProcess.executable,
            ["check", "--config", configuration, "--capture", directory.write(capture, to: "capture.ndjson")])
        #expect(run.wait() == .exited(1))
        let shown = run.standardOutput.split(separator: "\n").map(String.init)
        #expect(shown.filter { $0.contains("  unknown_device  ") }.count == 2, "\(shown)")
        #expect(shown.last == "would be quarantined: 2 messages (unknown_device 2)")
    }

    @Test("prints one JSON object a message for scripts")
    func json() throws {
        let run = try check(CaptureCheckTests.good + "nonsense\n", ["--json"])
        #expect(run.wait() == .exited(1))
        let lines = run.standardOutput.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(
            lines.first
                == #"{"line":1,"topic":"sensors/aq-1/pm2_5","source":"street","readings":[{"device":"aq-1","quantity":"pm2_5","time":"2026-11-23T09:59:58.000Z","value":12.5,"unit":"ug/m3"}],"rejections":[]}"#
        )
        #expect(
            lines[2].hasSuffix(
                #""readings":[],"rejections":[{"reason":"ignored_topic","detail":"not an uplink: `v3/app/devices/d/join`"}]}"#
            ))
        #expect(lines.last == #"{"line":4,"error":"not a JSON object"}"#)
    }

    @Test("reads standard input, and says of what is not there that it is not")
    func input() throws {
        _ = try check("")
        let input = directory.file("capture.ndjson")
        directory.write(CaptureCheckTests.good, to: "capture.ndjson")
        let shell = try ChildProcess(
            "sh",
            [
                "-c", "exec \"$0\" check --config \"$1\" --capture - < \"$2\"", GatewayProcess.executable,
                directory.file("poort.toml"), input,
            ])
        #expect(shell.wait() == .exited(0))
        #expect(shell.standardOutput.contains("standard input: 3 messages, 2 readings"))
        let none = try ChildProcess(
            GatewayProcess.executable,
            ["check", "--config", directory.file("poort.toml"), "--capture", directory.file("none")])
        #expect(none.wait() == .exited(1))
        #expect(none.standardError.contains("No such file"))
        let empty = try check("")
        #expect(empty.wait() == .exited(0))
        #expect(empty.standardOutput == "\(input): 0 messages, 0 readings\n")
    }
}
