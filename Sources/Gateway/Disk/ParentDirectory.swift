/// The directory in which a path's file is.
struct ParentDirectory {
    let path: String

    init(_ file: String) {
        guard let slash = file.lastIndex(of: "/") else {
            path = "."
            return
        }
        path = slash == file.startIndex ? "/" : String(file[..<slash])
    }
}
