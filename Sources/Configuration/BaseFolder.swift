import Glibc

/// The directory of the main configuration file, from which the paths in it are counted.
struct BaseFolder {
    private let path: String

    /// - Parameter file: from the current directory where it is not absolute.
    init(of file: String) {
        let slash = file.lastIndex(of: "/")
        let folder = slash.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? ""
        path = folder.hasPrefix("/") ? folder : BaseFolder.joined(BaseFolder.current, folder)
    }

    func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : BaseFolder.joined(self.path, path)
    }

    /// What `..` leads to only the file system knows, where a directory is a symbolic link.
    private static func joined(_ folder: String, _ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2).drop { $0 == "/" } }
        if path.isEmpty || path == "." { return folder }
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    private static var current: String {
        guard let start = getcwd(nil, 0) else { return "." }
        defer { free(start) }
        return String(cString: start)
    }
}
