import Glibc
import Telemetry

/// Rows into files of a directory, each exactly once: a stick that somebody takes along.
///
/// What a delivery has written is durable before it returns. What was written and not recorded, after a crash, is cut off
/// when the sink resumes; so a row never stands there twice, and half a line never stays. A disk that blocks in the kernel
/// cannot be interrupted by ``cancel()``.
public final class FileSink: Sink {
    public let traits: SinkTraits
    public let cancellation = Cancellation()
    let options: FileOptions
    let folder: FileFolder
    let names: FileName
    private let begun: BegunFiles
    /// What stands on the disk for good: what was recorded, and the deliveries since.
    private var mark: FileBookmark?
    private var file: RowFile?
    /// Whether the disk holds what ``mark`` says, and nothing behind it.
    private var isSettled = false
    /// Whether rows of now do not belong into ``file``.
    private var isOfBefore = false
    /// Whether the last delivery has begun files.
    private var hasBegun = false
    private var lines: RowLines

    /// - Throws: where the name or the directory is none.
    public init(_ options: FileOptions) throws(SinkFailure) {
        guard options.directory.hasPrefix("/"), FileName.isValid(options.name) else {
            throw SinkFailure(
                .misconfigured, operation: "use the directory", place: options.directory,
                cause: "\"\(options.name)\" is no name of files, or \"\(options.directory)\" no absolute path",
                hint: "a name has letters, digits, '.', '_' and '-', at most 100")
        }
        self.options = options
        folder = FileFolder(path: options.directory)
        names = FileName(name: options.name, ending: options.format.rawValue)
        begun = BegunFiles(folder: folder, names: names)
        lines = RowLines(options)
        traits = SinkTraits(mostRows: options.mostRows, isIdempotent: false)
    }

    public func cancel() { cancellation.cancel() }

    public func disconnect() {
        file = nil
        isSettled = false
    }

    public func resume(at bookmark: String?) throws(SinkFailure) {
        disconnect()
        hasBegun = false
        mark = bookmark.flatMap { FileBookmark(text: $0) }
        try settle()
    }

    public func preview(_ rows: [SharedAggregate]) -> String {
        var lines = RowLines(options)
        for row in rows { lines.append(row) }
        return "# \(options.directory)/\(options.name)-….\(options.format.rawValue)\n"
            + String(decoding: lines.header + lines.bytes, as: UTF8.self)
    }

    public func deliver(_ rows: [SharedAggregate]) throws(SinkFailure) -> Delivery {
        if cancellation.isCancelled { throw Cancellation.failure("write", place: options.directory) }
        if !(file?.isInPlace ?? false) { isSettled = false }
        if !isSettled { try settle() }
        do throws(FileFolder.Failure) {
            // The last delivery is recorded, or the sink would have resumed.
            if hasBegun { try begun.forget() }
            hasBegun = false
            try prune()
        } catch {
            throw failure(error)
        }
        do throws(SinkFailure) {
            let written = try write(rows)
            mark = written
            return Delivery(bookmark: written.text)
        } catch {
            undo()
            throw error
        }
    }

    // MARK: - The state of the disk

    /// Brings the disk to what the mark says.
    private func settle() throws(SinkFailure) {
        file = nil
        try checkMounted()
        do throws(FileFolder.Failure) {
            try begun.undo(after: mark?.text)
            hasBegun = false
            if let mark { file = try RowFile(mark.file, day: mark.day, length: mark.length, in: folder) }
            // It was begun under another configuration: other figures, or another format.
            isOfBefore =
                file.map { !$0.name.hasSuffix(".\(names.ending)") || !$0.begins(with: lines.header) } ?? false
        } catch {
            throw failure(error)
        }
        isSettled = true
    }

    /// The empty directory in which a stick was mounted must not get what belongs on the stick.
    private func checkMounted() throws(SinkFailure) {
        let disk = try disk()
        let mustBe =
            options.isMounted ?? (mark.map { $0.mountDepth > disk.mountDepth && $0.device != disk.device } ?? false)
        if !mustBe || options.isMounted == true && disk.mountDepth > 0 { return }
        throw SinkFailure(
            .unavailable, operation: "write", place: options.directory,
            cause: "no disk is mounted there; it is an empty place on the box's own",
            hint: "put the stick back; mounted = false if its own disk is meant")
    }

    private func disk() throws(SinkFailure) -> (device: UInt64, mountDepth: Int) {
        do throws(FileFolder.Failure) {
            return try folder.disk()
        } catch {
            throw failure(error)
        }
    }

    /// Cuts off what a delivery has written that failed; where that fails, too, the next delivery does it first.
    private func undo() {
        file = nil
        isSettled = false
        try? settle()
    }

    /// Deletes the oldest finished files where only some are kept.
    private func prune() throws(FileFolder.Failure) {
        if options.keptFiles == nil, options.keptBytes == nil { return }
        var files = try folder.files(names)
        var bytes = files.reduce(0) { $0 + $1.bytes }
        while let oldest = files.first, oldest.name != mark?.file, files.count > 1 {
            guard files.count > options.keptFiles ?? .max || bytes > options.keptBytes ?? .max else { return }
            try folder.remove(oldest.name)
            bytes -= oldest.bytes
            files.removeFirst()
        }
    }

    // MARK: - Writing

    private func write(_ rows: [SharedAggregate]) throws(SinkFailure) -> FileBookmark {
        let disk = try disk()
        var room = try room()
        lines.removeAll()
        for row in rows {
            let before = lines.bytes.count
            lines.append(row)
            let day = row.window.start.milliseconds.flooredQuotient(86_400_000)
            if needsAnotherFile(day: day, from: before) {
                try flush(before, &room)
                try begin(row, day: day)
                room -= file?.length ?? 0
            }
            if lines.bytes.count > 1 << 18 { try flush(lines.bytes.count, &room) }
            if cancellation.isCancelled { throw Cancellation.failure("write", place: options.directory) }
        }
        try flush(lines.bytes.count, &room)
        guard let file else {
            throw SinkFailure(
                .unavailable, operation: "write", place: options.directory, cause: "there was nothing to write")
        }
        return FileBookmark(
            file: file.name, length: file.length, day: file.day, device: disk.device, mountDepth: disk.mountDepth)
    }

    /// - Parameter before: where the row begins in what waits.
    private func needsAnotherFile(day: Int64, from before: Int) -> Bool {
        guard let file else { return true }
        if isOfBefore || day > file.day { return true }
        let hasRows = file.length + Int64(before) > lines.headerBytes
        return hasRows && file.length + Int64(lines.bytes.count) > options.mostFileBytes
    }

    /// Writes the first bytes that wait, durably.
    private func flush(_ count: Int, _ room: inout Int64) throws(SinkFailure) {
        guard count > 0, let file else { return }
        room -= Int64(count)
        if room < 0 {
            throw SinkFailure(
                .unavailable, operation: "write", place: options.directory,
                cause: "the files together have as many bytes as they may (\(options.mostTotalBytes ?? 0))",
                hint: "take some away, or let it delete the oldest: keep")
        }
        do throws(FileFolder.Failure) {
            try file.append(lines.bytes[..<count])
            try file.sync()
        } catch {
            throw failure(error)
        }
        lines.removeFirst(count)
    }

    /// How many bytes may still be written.
    private func room() throws(SinkFailure) -> Int64 {
        guard let most = options.mostTotalBytes else { return .max }
        do throws(FileFolder.Failure) {
            return try folder.files(names).reduce(most) { $0 - $1.bytes }
        } catch {
            throw failure(error)
        }
    }

    /// Begins a file that is named after its first window, but sorts behind all that are there and were there.
    private func begin(_ row: SharedAggregate, day: Int64) throws(SinkFailure) {
        do throws(FileFolder.Failure) {
            let present = try folder.files(names).last?.seconds ?? .min
            let last = max(present, (file?.name ?? mark?.file).flatMap { names.seconds(of: $0) } ?? .min)
            let start = row.window.start.milliseconds.flooredQuotient(1000)
            let name = names.file(at: last == .min ? start : max(start, last + 1))
            try begun.add(name, after: mark?.text, isFirst: !hasBegun)
            hasBegun = true
            let made = try RowFile(making: name, day: day, in: folder)
            try made.append(lines.header[...])
            try made.sync()
            try folder.sync()
            file = made
            isOfBefore = false
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ failure: FileFolder.Failure) -> SinkFailure {
        let hint =
            switch failure.code {
            case ENOSPC, EDQUOT: "the disk is full: take files away, or let it delete the oldest: keep"
            case ENOENT, ENOTDIR, ENODEV, ENXIO: "is the disk there, and is its directory?"
            case EACCES, EPERM: "the directory has to belong to the user that runs poort"
            case EROFS, EIO: "the disk is read-only or worn out: look at dmesg"
            default: ""
            }
        let isForPeople = failure.code == EACCES || failure.code == EPERM
        return SinkFailure(
            isForPeople ? .misconfigured : .unavailable, operation: failure.operation, place: options.directory,
            cause: String(cString: strerror(failure.code)), hint: hint)
    }
}
