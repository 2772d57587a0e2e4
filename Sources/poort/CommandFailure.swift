/// Ends a command with a message on standard error and an exit code.
struct CommandFailure: Error, CustomStringConvertible {
    static let badConfiguration: Int32 = 78
    static let notReachable: Int32 = 69
    static let usage: Int32 = 64

    var description: String
    var exitCode: Int32

    init(_ description: String, exitCode: Int32) {
        self.description = description
        self.exitCode = exitCode
    }
}
