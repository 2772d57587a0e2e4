import CMosquitto
import Glibc

/// From libmosquitto's C callbacks to ours. They come from within ``MQTTClient/read()`` and ``MQTTClient/write()``.
extension MQTTClient {
    func setCallbacks() {
        mosquitto_message_callback_set(handle) { _, context, message in
            guard let context, let message = message?.pointee else { return }
            let client = Unmanaged<MQTTClient>.fromOpaque(context).takeUnretainedValue()
            client.onMessage(
                Message(
                    topic: UnsafeRawBufferPointer(start: message.topic, count: strlen(message.topic)),
                    payload: UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen)),
                    packetID: message.qos > 0 ? UInt16(truncatingIfNeeded: message.mid) : 0,
                    isRetained: message.retain))
            // For each acknowledgement that it queues, libmosquitto writes a byte into a pipe that only its own loop
            // empties. Once the pipe is full errno is EAGAIN, which it takes for the end of what there is to read, and
            // leaves the rest of a TLS record where no poll sees it. Read in `packet__queue`, `mosquitto_loop_read`.
            errno = 0
        }
        mosquitto_connect_v5_callback_set(handle) { _, context, code, flags, _ in
            MQTTClient.deliver(context) { client in
                if code == 0 { return .connected(sessionPresent: flags & 1 != 0) }
                let refusal = MQTTError(broker: client.options.address, refusal: code)
                client.refusal = refusal
                return .refused(refusal)
            }
        }
        mosquitto_disconnect_v5_callback_set(handle) { _, context, code, _ in
            MQTTClient.deliver(context) { client in
                // What the broker says comes before the lost connection that follows from it.
                if code >= 128 { client.refusal = MQTTError(broker: client.options.address, disconnect: code) }
                return .disconnected(cause: MQTTClient.words(forDisconnect: code))
            }
        }
        mosquitto_subscribe_v5_callback_set(handle) { _, context, _, count, granted, _ in
            let codes = (0..<Int(count)).map { UInt8(truncatingIfNeeded: granted?[$0] ?? 128) }
            MQTTClient.deliver(context) { _ in .subscribed(codes) }
        }
        mosquitto_publish_v5_callback_set(handle) { _, context, id, reason, _ in
            MQTTClient.deliver(context) { client in
                // From 128 on it is a refusal. Source: MQTT 5.0, 3.4.2.1.
                let refusal = reason < 128 ? nil : MQTTError(broker: client.options.address, unpublished: reason)
                return .published(id: id, refusal: refusal)
            }
        }
    }

    private static func deliver(_ context: UnsafeMutableRawPointer?, _ event: (MQTTClient) -> Event) {
        guard let context else { return }
        let client = Unmanaged<MQTTClient>.fromOpaque(context).takeUnretainedValue()
        client.onEvent(event(client))
    }

    /// The code is a library error below 128 and a reason of the broker's DISCONNECT from there on.
    private static func words(forDisconnect code: Int32) -> String {
        code >= 128 ? String(cString: mosquitto_reason_string(code)) : String(cString: mosquitto_strerror(code))
    }
}
