import Control
import Gateway
import GatewayConfiguration
import MQTT
import Storage

/// Ends a command with a message on standard error and an exit code.
struct CommandFailure: Error, CustomStringConvertible {
    static let problem: Int32 = 1
    static let usage: Int32 = 64
    static let notReachable: Int32 = 69
    /// Standard output takes no more. Source: sysexits.h, EX_IOERR.
    static let outputFailed: Int32 = 74
    static let badConfiguration: Int32 = 78

    var description: String
    var exitCode: Int32

    init(_ description: String, exitCode: Int32) {
        self.description = description
        self.exitCode = exitCode
    }

    /// What an error of one of the rooms means for the person at the terminal.
    /// - Returns: nil for an error that the command-line parser shows itself.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as ConfigurationError: self.init(error.description, exitCode: CommandFailure.badConfiguration)
        case let error as ControlError: self.init(error.description, exitCode: CommandFailure.notReachable)
        case let error as MQTTError: self.init(error.description, exitCode: CommandFailure.notReachable)
        case let error as StorageError: self.init(error.description, exitCode: CommandFailure.problem)
        case let error as GatewayError: self.init(error.description, exitCode: CommandFailure.problem)
        default: return nil
        }
    }
}
