import Glibc
import TestKit

/// A disk under the database of one process that blocks, or fails, as the test says.
///
/// A few lines of C stand before libc's calls that write and make durable; see ``LyingClock`` for the way.
struct FalteringDisk {
    enum Mood: String {
        case well
        /// Nothing becomes durable until the mood changes.
        case blocked
        /// As a card does that was pulled out: EIO.
        case broken
    }

    private let directory: TemporaryDirectory

    private static let source = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        static int mood(const char *word) {
            char text[16] = {0};
            const char *path = getenv("FALTERING_DISK");
            int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
            if (file < 0) return 0;
            ssize_t length = read(file, text, sizeof text - 1);
            close(file);
            return length > 0 && strncmp(text, word, strlen(word)) == 0;
        }

        static int is_database(int file) {
            char link[64], path[4096] = {0};
            snprintf(link, sizeof link, "/proc/self/fd/%d", file);
            return readlink(link, path, sizeof path - 1) > 0 && strstr(path, "/poort.db") != NULL;
        }

        static int fails(int file) {
            if (!is_database(file) || !mood("broken")) return 0;
            errno = EIO;
            return 1;
        }

        static int settle(int file, long call) {
            while (is_database(file) && mood("blocked")) usleep(20000);
            return fails(file) ? -1 : (int)syscall(call, file);
        }

        int fsync(int file) { return settle(file, SYS_fsync); }
        int fdatasync(int file) { return settle(file, SYS_fdatasync); }

        ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
            return fails(file) ? -1 : (ssize_t)syscall(SYS_pwrite64, file, bytes, count, at);
        }
        ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) { return pwrite64(file, bytes, count, at); }
        """

    /// - Throws: without a C compiler, which Swift brings along.
    init(in directory: TemporaryDirectory) throws {
        self.directory = directory
        let file = directory.write(FalteringDisk.source, to: "disk.c")
        let compiler = try ChildProcess(
            "/usr/bin/env", ["clang", "-shared", "-fPIC", "-o", directory.file("disk.so"), file])
        guard compiler.wait() == .exited(0) else { throw LyingClock.NoCompiler(complaint: compiler.standardError) }
        be(.well)
    }

    func be(_ mood: Mood) {
        // A reader must not see half a word.
        let new = directory.write(mood.rawValue, to: "mood.new")
        rename(new, directory.file("mood"))
    }

    var environment: [String: String] {
        ["LD_PRELOAD": directory.file("disk.so"), "FALTERING_DISK": directory.file("mood")]
    }
}
