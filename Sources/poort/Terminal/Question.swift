import Glibc

/// Asks the person at a terminal before something is gone for good.
enum Question {
    /// - Returns: whether the answer was yes; true where nobody can be asked, as in a script.
    static func isConfirmed(_ question: String) -> Bool {
        guard isatty(STDIN_FILENO) == 1, Terminal.isErrors else { return true }
        StandardError.write("\(question) [y/N] ")
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}
