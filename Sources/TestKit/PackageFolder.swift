/// The package's own folder, with what is shipped in it.
public enum PackageFolder {
    /// Without a slash at its end.
    public static let path: String =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
}
