import Control
public import GatewayConfiguration
import Glibc
import Storage

/// What keeps the daemon from running with a configuration that is right in itself: files and directories of this box.
public struct StartCheck: Sendable {
    public private(set) var errors: [Complaint] = []
    public private(set) var warnings: [Complaint] = []
    private let configuration: Configuration
    private let purpose: Purpose

    public enum Purpose: Sendable {
        /// Somebody wants to know, who may be another user than the daemon's, and nothing is changed.
        case check
        /// The daemon is about to run: the directories that it needs are made.
        case start
        /// The daemon runs, and takes a configuration anew.
        case reload
    }

    public init(_ configuration: Configuration, for purpose: Purpose) {
        self.configuration = configuration
        self.purpose = purpose
        checkPassword()
        let broker = configuration.broker
        for (file, key) in [
            (broker.caFile, FilePlaces.Key.authorities), (broker.certificateFile, .certificate),
            (broker.keyFile, .privateKey),
        ] {
            if let file { take(FileAccess.reading(file), of: "is \(file)", at: key, help: "is the path right?") }
        }
        for file in configuration.places.partnerFiles { checkPartnerFile(file) }
        checkDatabase()
        checkSocket()
    }

    // MARK: - Partners' secrets and certificates

    private mutating func checkPartnerFile(_ file: FilePlaces.NamedFile) {
        let subject = "`\(file.key)` is \(file.path)"
        switch FileAccess.reading(file.path) {
        case .granted:
            let isSecret = file.key.hasPrefix("password") || file.key.hasPrefix("token") || file.key.hasPrefix("key")
            if isSecret, FileAccess.isOpenToAll(file.path) {
                warnings.append(
                    Complaint(place: file.place, message: "everybody on this box may read \(file.path): chmod 0640"))
            }
        // Ingest goes on without it, and so do other partners: it is no reason not to start.
        case .impossible(let cause), .passing(let cause), .forbidden(let cause):
            let message = "\(subject): \(cause); nothing goes to this partner before it can be read"
            let complaint = Complaint(place: file.place, message: message)
            if purpose == .check, ServiceUser.ifSomebodyElse == nil {
                errors.append(complaint)
            } else {
                warnings.append(complaint)
            }
        }
    }

    // MARK: - The broker's password

    private mutating func checkPassword() {
        let broker = configuration.broker
        let key: FilePlaces.Key = broker.passwordFile != nil ? .passwordFile : .passwordCredential
        if let file = broker.passwordFile {
            let access = FileAccess.reading(file)
            guard access == .granted else {
                take(access, of: "is \(file)", at: key, help: "write the password into it (mode 0640, group poort)")
                return
            }
            if FileAccess.isOpenToAll(file) {
                warnings.append(complaint(key, "everybody on this box may read \(file): chmod 0640"))
            }
        } else if let name = broker.passwordCredential, purpose == .check, getenv("CREDENTIALS_DIRECTORY") == nil {
            warnings.append(
                complaint(key, "credential \"\(name)\" is systemd's to give to the service; it was not looked at"))
            return
        }
        do throws(GatewayError) {
            _ = try Wiring(configuration).password()
        } catch {
            errors.append(complaint(key, error.description))
        }
    }

    // MARK: - The database and the socket

    private mutating func checkDatabase() {
        let path = configuration.storage.path
        guard checkDirectory(of: path, at: .database, setting: "[storage] path") else { return }
        do throws(StorageError) {
            try Store.inspect(path: path)
        } catch {
            errors.append(complaint(.database, error.description))
        }
    }

    private mutating func checkSocket() {
        let path = configuration.control.socketPath
        if checkDirectory(of: path, at: .socket, setting: "[control] socket"), ControlServer.isObstructed(path) {
            errors.append(
                complaint(
                    .socket, "something else than a socket is at \(path); set [control] socket to a path of its own"))
        }
    }

    /// - Returns: whether a file can be made there.
    private mutating func checkDirectory(of file: String, at key: FilePlaces.Key, setting: String) -> Bool {
        let directory = ParentDirectory(file).path
        let access = FileAccess.writing(directory, makes: purpose == .start)
        take(
            access, of: "is in \(directory)", at: key,
            help: "make it for the user that runs poort, or set another \(setting)")
        return access == .granted
    }

    // MARK: - Complaints

    /// - Parameter subject: what the key says: `is FILE`.
    private mutating func take(_ access: FileAccess, of subject: String, at key: FilePlaces.Key, help: String) {
        let subject = "`\(key.rawValue)` \(subject)"
        switch access {
        case .granted: break
        case .impossible(let cause): errors.append(complaint(key, "\(subject): \(cause); \(help)"))
        case .passing(let cause): warnings.append(complaint(key, "\(subject): \(cause)"))
        case .forbidden(let cause):
            if purpose == .check, let user = ServiceUser.ifSomebodyElse {
                warnings.append(complaint(key, "\(subject): \(cause) for you; \(user) must be allowed"))
            } else {
                errors.append(complaint(key, "\(subject): \(cause); \(help)"))
            }
        }
    }

    private func complaint(_ key: FilePlaces.Key, _ message: String) -> Complaint {
        Complaint(place: configuration.places[key], message: message)
    }
}

/// Who runs the daemon where it is installed as a service.
private enum ServiceUser {
    /// Who it is, in words; nil where this process belongs to root or to the service.
    static var ifSomebodyElse: String? {
        guard geteuid() != 0 else { return nil }
        guard let user = getpwnam("poort") else {
            return "the user poort, as whom the service runs, is not on this box yet and"
        }
        return user.pointee.pw_uid == geteuid() ? nil : "the user poort, as whom the service runs,"
    }
}
