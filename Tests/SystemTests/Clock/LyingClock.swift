import Glibc
import Telemetry
import TestKit

/// What a process takes for the time of day; the clocks that never step it sees as they are.
///
/// A few lines of C stand before libc's clock_gettime(3). libfaketime moves the environment while it loads, after which
/// Swift does not find the command's arguments.
struct LyingClock {
    private let directory: TemporaryDirectory

    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <time.h>
        #include <unistd.h>

        static long long offset(void) {
            char text[32] = {0};
            const char *path = getenv("LYING_CLOCK");
            int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
            if (file < 0) return 0;
            ssize_t length = read(file, text, sizeof text - 1);
            close(file);
            return length > 0 ? atoll(text) : 0;
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            long answer = syscall(SYS_clock_gettime, clock, time);
            if (answer == 0 && clock == CLOCK_REALTIME) time->tv_sec += offset();
            return (int)answer;
        }
        """

    /// - Throws: without a C compiler, which Swift brings along.
    init(in directory: TemporaryDirectory) throws {
        self.directory = directory
        let file = directory.write(LyingClock.source, to: "clock.c")
        let compiler = try ChildProcess(
            "/usr/bin/env", ["clang", "-shared", "-fPIC", "-o", directory.file("clock.so"), file])
        guard compiler.wait() == .exited(0) else { throw NoCompiler(complaint: compiler.standardError) }
        showTruth()
    }

    struct NoCompiler: Error {
        var complaint: String
    }

    /// Sets the clock, which goes on from there.
    func show(_ time: Timestamp) { set((time - .now()) / 1000) }

    func showTruth() { set(0) }

    private func set(_ seconds: Int64) {
        // A reader must not see half a number.
        let new = directory.write(String(seconds), to: "offset.new")
        rename(new, directory.file("offset"))
    }

    var environment: [String: String] {
        ["LD_PRELOAD": directory.file("clock.so"), "LYING_CLOCK": directory.file("offset")]
    }
}
