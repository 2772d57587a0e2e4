import Glibc
import Synchronization

/// One connection of an ``UnpleasantServer``, on a thread of its own.
struct UnpleasantConnection {
    private let socket: Int32
    private let shared: UnpleasantServer.Shared

    init(_ socket: Int32, _ shared: UnpleasantServer.Shared) {
        self.socket = socket
        self.shared = shared
    }

    func serve() {
        defer { close(socket) }
        var pending: [UInt8] = []
        var count = 0
        switch shared.manner.withLock({ $0 }) {
        case .ignores: return idle()
        case .speaksFirst(let text):
            _ = say(Array(text.utf8))
            // Closing with something unread would reset the connection before that is heard.
            _ = UnpleasantConnection.isReadable(socket, milliseconds: 1000)
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            _ = recv(socket, &buffer, buffer.count, 0)
            return
        default: break
        }
        if case .refusesEarly(let text, let isOrderly) = shared.manner.withLock({ $0 }) {
            return refuseEarly(text, isOrderly: isOrderly)
        }
        while let request = nextRequest(&pending) {
            shared.requests.withLock { $0.append(request) }
            count += 1
            guard behave(count: count) else { return }
        }
    }

    /// - Returns: whether the connection goes on.
    private func behave(count: Int) -> Bool {
        switch shared.manner.withLock({ $0 }) {
        case .answers(let text):
            return say(Array(text.utf8))
        case .hangs, .ignores, .speaksFirst, .refusesEarly:
            idle()
            return false
        case .resets:
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
            return false
        case .hangsUp:
            return false
        case .answersOnce(let text):
            return count == 1 && say(Array(text.utf8))
        case .breaksOff(let text):
            _ = say(Array(text.utf8))
            return false
        case .dribbles(let text):
            for byte in text.utf8 {
                guard say([byte]) else { return false }
                usleep(50_000)
            }
            return true
        case .pours(let head, let bytes):
            return say(Array(head.utf8)) && pour(bytes)
        }
    }

    private func refuseEarly(_ text: String, isOrderly: Bool) {
        while !shouldStop, !UnpleasantConnection.isReadable(socket, milliseconds: 20) {}
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = recv(socket, &buffer, buffer.count, 0)
        guard say(Array(text.utf8)), isOrderly else { return }
        shutdown(socket, Int32(SHUT_WR))
        while !shouldStop {
            guard UnpleasantConnection.isReadable(socket, milliseconds: 20) else { continue }
            if recv(socket, &buffer, buffer.count, 0) <= 0 { return }
        }
    }

    private func pour(_ bytes: Int) -> Bool {
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
        var left = bytes
        while left > 0 {
            guard say(left < piece.count ? Array(piece[..<left]) : piece) else { return false }
            left -= piece.count
            shared.pouredBytes.add(piece.count, ordering: .relaxed)
        }
        return true
    }

    private func idle() {
        while !shouldStop, !hasHungUp { usleep(20_000) }
    }

    private var shouldStop: Bool { shared.shouldStop.load(ordering: .relaxed) }

    private var hasHungUp: Bool {
        var poller = pollfd(fd: socket, events: 0, revents: 0)
        return poll(&poller, 1, 0) > 0
    }

    private func say(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            var poller = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            if poll(&poller, 1, 50) <= 0 {
                if shouldStop { return false }
                continue
            }
            let written = bytes[sent...].withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if written <= 0 { return false }
            sent += written
        }
        return true
    }

    private func nextRequest(_ pending: inout [UInt8]) -> UnpleasantServer.Request? {
        while true {
            if let request = UnpleasantConnection.takeRequest(&pending) { return request }
            if shouldStop { return nil }
            guard UnpleasantConnection.isReadable(socket, milliseconds: 20) else { continue }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(socket, &buffer, buffer.count, 0)
            if count <= 0 { return nil }
            pending += buffer[..<count]
        }
    }

    /// Bodies by their length only: nobody here sends them in chunks.
    private static func takeRequest(_ pending: inout [UInt8]) -> UnpleasantServer.Request? {
        guard let end = pending.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
        let length =
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).filter { $0.isNumber }) } ?? 0
        guard pending.count - end.upperBound >= length else { return nil }
        let body = Array(pending[end.upperBound..<(end.upperBound + length)])
        pending.removeFirst(end.upperBound + length)
        return UnpleasantServer.Request(head: head, body: body)
    }

    static func isReadable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&poller, 1, milliseconds) > 0
    }
}
