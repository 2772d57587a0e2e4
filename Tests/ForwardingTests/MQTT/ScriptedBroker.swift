import Glibc
import Threading

/// A broker that answers what it is told to, for what no real one can be made to say. One connection at a time.
/// Source: MQTT 5.0, 3.1 to 3.4, 3.14.
final class ScriptedBroker: Sendable {
    struct Script: Sendable {
        /// Of the CONNACK.
        var connected: UInt8 = 0
        /// Of the PUBACKs, one after the other, and again from the first.
        var published: [UInt8] = [0]
        /// In place of the first PUBACK.
        var disconnected: UInt8?
    }

    let port: Int
    private let listener: Int32
    private let thread: WorkerThread

    init(_ script: Script) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, length)
                _ = listen(listener, 5)
                _ = getsockname(listener, $0, &length)
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.listener = listener
        thread = WorkerThread(name: "broker") {
            while true {
                let client = accept(listener, nil, nil)
                if client < 0 { return }
                Conversation(client, script).run()
                close(client)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        _ = thread.join(milliseconds: 5000)
        close(listener)
    }

    private struct Conversation {
        let socket: Int32
        let script: Script

        init(_ socket: Int32, _ script: Script) {
            self.socket = socket
            self.script = script
        }

        func run() {
            var count = 0
            while let (kind, body) = packet() {
                switch kind >> 4 {
                case 1:
                    send([0x20, 3, 0, script.connected, 0])
                    if script.connected >= 128 { return }
                case 3:
                    if let reason = script.disconnected { return send([0xE0, 1, reason]) }
                    let topic = Int(body[0]) << 8 | Int(body[1])
                    send([0x40, 3, body[topic + 2], body[topic + 3], script.published[count % script.published.count]])
                    count += 1
                case 12: send([0xD0, 0])
                default: return
                }
            }
        }

        /// The first byte, and what follows the length.
        private func packet() -> (UInt8, [UInt8])? {
            guard let kind = bytes(1)?.first else { return nil }
            var (length, shift) = (0, 0)
            while let byte = bytes(1)?.first {
                length |= Int(byte & 127) << shift
                shift += 7
                if byte < 128 { return bytes(length).map { (kind, $0) } }
            }
            return nil
        }

        private func bytes(_ count: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            var read = 0
            while read < count {
                let more = bytes.withUnsafeMutableBytes {
                    recv(socket, $0.baseAddress.map { $0 + read }, count - read, 0)
                }
                if more <= 0 { return nil }
                read += more
            }
            return bytes
        }

        private func send(_ bytes: [UInt8]) { _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
    }
}
