import GatewayConfiguration
import Glibc
import Secrets

/// Reads a secret from a file: its first line.
enum SecretFile {
    static func read(_ place: Configuration.SecretPlace) throws(GatewayError) -> Secret {
        switch place {
        case .file(let path): return try read(path)
        case .credential(let name):
            guard let directory = getenv("CREDENTIALS_DIRECTORY").map({ String(cString: $0) }) else {
                throw GatewayError(
                    operation: "read the credential \(name)", cause: "systemd gave this process no credentials",
                    hint: "add LoadCredential=\(name):/path to the service, or give a file instead")
            }
            return try read("\(directory)/\(name)")
        }
    }

    private static func read(_ path: String) throws(GatewayError) -> Secret {
        // A pipe that nobody writes to would hold everything up.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw GatewayError(
                operation: "read the secret in \(path)", cause: String(cString: strerror(errno)),
                hint: "it must be readable by the user that runs poort (mode 0640, group poort)")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        let line = bytes.prefix(max(0, count)).prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty else {
            throw GatewayError(
                operation: "read the secret in \(path)", cause: "its first line is empty",
                hint: "write the secret into it")
        }
        return Secret(String(decoding: line, as: UTF8.self))
    }
}
