import CPageChecksums
import Glibc

/// What a look at every page of a file found, with a writer at work on it or not.
public struct PageCensus: Sendable {
    public private(set) var pageCount = 0
    /// Numbers of pages that do not match their checksum.
    public private(set) var damaged: [Int] = []
    /// Pages without a checksum.
    public private(set) var unverifiedCount = 0
    /// Whether the file's pages have checksums at all.
    public private(set) var isSealed = false
    /// What is wrong with the files as a whole.
    public private(set) var complaint: String?

    /// No connection of this process may be open on the database, or its locks would go.
    /// - Parameter progress: called now and then with the share that is done.
    public init(path: String, progress: (Double) -> Void = { _ in }) {
        do throws(StorageError) {
            try Store.checkFiles(path: path)
        } catch {
            complaint = error.cause
        }
        guard var pages = DatabasePages(path: path) else { return }
        isSealed = pages.isSealed
        pageCount = Int(pages.pageCount)
        guard isSealed else {
            unverifiedCount = pageCount
            return
        }
        for number in 1...max(1, pages.pageCount) {
            if number % 1024 == 0 { progress(Double(number) / Double(pages.pageCount)) }
            var condition = pages.condition(number)
            // A writer may be copying its log into the file this very moment.
            for _ in 0..<3 where condition == .damaged || condition == .missing {
                usleep(100_000)
                guard let anew = DatabasePages(path: path) else { return }
                pages = anew
                condition = number <= pages.pageCount ? pages.condition(number) : .good
                if condition != .good, condition != .unverified, pages.isFree(number) { condition = .good }
            }
            switch condition {
            case .good: break
            case .unverified: unverifiedCount += 1
            case .damaged, .missing: damaged.append(Int(number))
            }
        }
    }
}
