import TestKit
import Testing

/// The shipped unit under a real systemd, with every restriction it names.
@Suite(
    "Under systemd", .serialized,
    .enabled(if: SystemdContainer.isPossible, "a container takes root, debootstrap and systemd-nspawn"))
struct SystemdTests {
    private static let configuration = """
        [gateway]
        name = "in-a-container"
        [broker]
        username = "gate"
        password_credential = "mqtt-password"
        [storage]
        commit_interval = "200ms"
        [[source]]
        topic = "sensors/{type}/{device}/{quantity}"
        value = "value"

        """

    @Test("starts, reloads, restarts after a crash or a stall, and stops", .timeLimit(.minutes(12)))
    func lifeOfTheService() async throws {
        let container = try SystemdContainer(configuration: SystemdTests.configuration)
        let isUp = try await eventually(within: .seconds(90)) {
            ["running\n", "degraded\n"].contains(try container.systemctl("is-system-running").output)
        }
        try #require(isUp, "systemd does not come up in the container")
        try container.write(
            "listener 1883 127.0.0.1\npassword_file /etc/mosquitto/passwords\n", to: "/etc/mosquitto/conf.d/gate.conf")
        try container.write("gate:a secret\n", to: "/etc/mosquitto/passwords")
        #expect(try container.run(["mosquitto_passwd", "-U", "/etc/mosquitto/passwords"]).ending == .exited(0))
        #expect(try container.run(["chown", "mosquitto", "/etc/mosquitto/passwords"]).ending == .exited(0))
        #expect(try container.systemctl("restart", "mosquitto").ending == .exited(0))
        try container.write("a secret\n", to: "/etc/poort/mqtt-password")
        #expect(try container.run(["chmod", "600", "/etc/poort/mqtt-password"]).ending == .exited(0))
        try container.write(
            "[Service]\nLoadCredential=mqtt-password:/etc/poort/mqtt-password\nWatchdogSec=3\nRestartSec=1\n",
            to: "/etc/systemd/system/poort.service.d/test.conf")
        #expect(try container.run(["systemd-sysusers"]).ending == .exited(0))
        #expect(try container.systemctl("daemon-reload").ending == .exited(0))

        let started = try container.systemctl("start", "poort")
        #expect(started.ending == .exited(0), "\(started.errors)\n\(container.journal)")
        #expect(
            try await eventually { try container.property("StatusText").hasPrefix("connected") }, "\(container.journal)"
        )
        #expect(try container.run(["stat", "-c", "%U", "/var/lib/poort/poort.db"]).output == "poort\n")
        #expect(try container.run(["/usr/local/bin/poort", "status"]).ending == .exited(0))
        let wear = try container.run(["/usr/local/bin/poort", "status", "--json"])
        #expect(wear.output.contains("\"is_measured\":true"), "/proc/self/io is open to it: \(wear.output)")
        #expect(
            try container.run(["/usr/local/bin/poort", "status"], as: "nobody").ending == .exited(69),
            "a stranger may not ask")
        #expect(!container.journal.contains("a secret"))

        #expect(try container.systemctl("reload", "poort").ending == .exited(0))
        #expect(await eventually { container.journal.contains("configuration reloaded") })

        let restarts = try Int(container.property("NRestarts")) ?? -1
        #expect(try container.systemctl("kill", "--signal=KILL", "poort").ending == .exited(0))
        #expect(try await eventually { try Int(container.property("NRestarts")) == restarts + 1 })
        #expect(
            try await eventually { try container.property("StatusText").hasPrefix("connected") }, "\(container.journal)"
        )
        // A process that is stopped gives no sign of life.
        #expect(try container.systemctl("kill", "--signal=STOP", "poort").ending == .exited(0))
        #expect(
            try await eventually(within: .seconds(40)) { try Int(container.property("NRestarts")) == restarts + 2 },
            "\(container.journal)")
        #expect(
            try await eventually { try container.property("StatusText").hasPrefix("connected") }, "\(container.journal)"
        )

        #expect(try container.systemctl("stop", "poort").ending == .exited(0))
        #expect(try container.property("Result") == "success", "\(container.journal)")
        try wrongConfiguration(container)
        try exposure(container)
    }

    private func wrongConfiguration(_ container: SystemdContainer) throws {
        try container.write(SystemdTests.configuration + "[sorce]\n", to: "/etc/poort/poort.toml")
        #expect(try container.systemctl("start", "poort").ending != .exited(0))
        #expect(try container.property("ExecMainStatus") == "78")
        #expect(try container.property("ActiveState") == "failed", "it is not tried again")
        #expect(container.journal.contains("sorce"), "\(container.journal)")
    }

    private func exposure(_ container: SystemdContainer) throws {
        let analysis = try container.run(["systemd-analyze", "security", "--no-pager", "--threshold=25", "poort"])
        #expect(analysis.ending == .exited(0), "\(analysis.output.suffix(300))")
    }
}
