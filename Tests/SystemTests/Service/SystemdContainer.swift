import Glibc
import TestKit

/// Debian 12 with systemd as its first process, in a namespace of its own without a network, and Poort installed in it
/// as `make install` does. Needs root; ended with this object.
final class SystemdContainer: Sendable {
    let root: String
    private let machine: ChildProcess
    private let leader: pid_t

    static var isPossible: Bool {
        geteuid() == 0 && access("/usr/sbin/debootstrap", X_OK) == 0 && access("/usr/bin/systemd-nspawn", X_OK) == 0
    }

    /// - Parameter configuration: `/etc/poort/poort.toml`.
    init(configuration: String) throws {
        root = try SystemdContainer.preparedRoot()
        let build = GatewayProcess.executable
        try SystemdContainer.run(
            "rm", ["-rf", "\(root)/etc/poort", "\(root)/var/lib/poort", "\(root)/etc/systemd/system/poort.service.d"])
        for directory in ["/etc/poort", "/usr/local/lib/systemd/system", "/usr/local/lib/sysusers.d", "/usr/local/bin"]
        {
            try SystemdContainer.run("mkdir", ["-p", root + directory])
        }
        let units = "\(root)/usr/local/lib"
        try SystemdContainer.run(
            "cp", ["\(PackageFolder.path)/Systemd/poort.service", "\(units)/systemd/system/poort.service"])
        try SystemdContainer.run(
            "cp", ["\(PackageFolder.path)/Systemd/poort.sysusers", "\(units)/sysusers.d/poort.conf"])
        try SystemdContainer.write(configuration, to: "\(root)/etc/poort/poort.toml")
        try SystemdContainer.run("touch", ["\(root)/usr/local/bin/poort"])
        machine = try ChildProcess(
            "systemd-nspawn",
            [
                "--quiet", "--register=no", "--keep-unit", "--private-network", "--directory", root, "--boot",
                "--bind-ro=\(build):/usr/local/bin/poort",
                "--bind-ro=\(try SystemdContainer.swiftLibraries(of: build))",
                "--machine=poort-test-\(getpid())",
            ], errors: .file("\(root).log"))
        leader = try SystemdContainer.leader(of: machine)
    }

    deinit {
        // SIGTERM asks systemd-nspawn for an orderly shutdown.
        machine.terminate()
        if machine.wait(milliseconds: 15_000) == nil { machine.kill() }
    }

    struct Run {
        var ending: ChildProcess.Ending?
        var output: String
        var errors: String
    }

    /// Runs a command inside, as root or as another user.
    func run(_ arguments: [String], as user: String? = nil) throws -> Run {
        let prefix = ["--target", "\(leader)", "--mount", "--uts", "--ipc", "--net", "--pid"]
        let switching = user.map { ["setpriv", "--reuid=\($0)", "--regid=nogroup", "--clear-groups"] } ?? []
        let run = try ChildProcess("nsenter", prefix + switching + arguments)
        return Run(ending: run.wait(), output: run.standardOutput, errors: run.standardError)
    }

    /// A property of the service, such as `ActiveState`.
    func property(_ name: String) throws -> String {
        let output = try run(["systemctl", "show", "poort", "--property=\(name)", "--value"]).output
        return String(output.prefix { $0 != "\n" })
    }

    func systemctl(_ arguments: String...) throws -> Run { try run(["systemctl"] + arguments) }

    func write(_ text: String, to path: String) throws {
        try SystemdContainer.run("mkdir", ["-p", root + path.prefix(through: path.lastIndex(of: "/")!)])
        try SystemdContainer.write(text, to: root + path)
    }

    var journal: String { (try? run(["journalctl", "-u", "poort", "--no-pager", "-n", "40"]).output) ?? "" }

    // MARK: - Making it

    /// The system is unpacked once and kept beside the build, where `make clean` finds it.
    private static func preparedRoot() throws -> String {
        let root = "\(PackageFolder.path)/.build-container/debian"
        let marker = "\(PackageFolder.path)/.build-container/ready"
        if access(marker, F_OK) == 0 { return root }
        try run("mkdir", ["-p", "\(PackageFolder.path)/.build-container"])
        try run("rm", ["-rf", root])
        let mirror = try ChildProcess(
            "sh",
            [
                "-c",
                "apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | head -1",
            ])
        _ = mirror.wait()
        let packages = """
            systemd,systemd-sysv,dbus,mosquitto,libmosquitto1,libsqlite3-0,libsimdjson14,libtomlplusplus3,libstdc++6,tzdata
            """
        try run(
            "debootstrap",
            [
                "--variant=minbase", "--include=\(packages)", "bookworm", root,
                String(mirror.standardOutput.prefix { $0 != "\n" }),
            ], milliseconds: 400_000)
        try write("", to: marker)
        return root
    }

    /// Where the debug build finds Swift's libraries.
    private static func swiftLibraries(of executable: String) throws -> String {
        let listing = try ChildProcess("ldd", [executable])
        _ = listing.wait()
        let line = listing.standardOutput.split(separator: "\n").first { $0.contains("libswiftCore.so") } ?? ""
        guard let path = line.split(separator: " ").first(where: { $0.hasPrefix("/") }),
            let slash = path.lastIndex(of: "/")
        else { throw ChildProcess.SpawnError(description: "\(executable) does not say where libswiftCore.so is") }
        return String(path[..<slash])
    }

    private static func leader(of machine: ChildProcess) throws -> pid_t {
        let deadline = ContinuousClock.now + .seconds(30)
        while machine.isRunning, ContinuousClock.now < deadline {
            let children =
                TemporaryDirectory.read("/proc/\(machine.processID)/task/\(machine.processID)/children") ?? ""
            // Another child makes the container ready first, and is gone then.
            if let child = children.split(separator: " ").first.flatMap({ pid_t($0) }),
                TemporaryDirectory.read("/proc/\(child)/comm") == "systemd\n"
            {
                return child
            }
            usleep(20_000)
        }
        throw ChildProcess.SpawnError(description: "the container does not start: \(machine.standardOutput)")
    }

    private static func run(_ command: String, _ arguments: [String], milliseconds: Int = 60_000) throws {
        let run = try ChildProcess(command, arguments)
        guard run.wait(milliseconds: milliseconds) == .exited(0) else {
            throw ChildProcess.SpawnError(
                description: "\(command) \(arguments.joined(separator: " ")) failed: \(run.standardError.suffix(500))")
        }
    }

    private static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw ChildProcess.SpawnError(description: "cannot write \(path)") }
        defer { close(descriptor) }
        _ = Glibc.write(descriptor, text, text.utf8.count)
    }
}
