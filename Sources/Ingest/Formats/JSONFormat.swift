import Telemetry

/// Flexible JSON: values, time, unit, device and quantity at configured paths or in the topic.
extension Decoder {
    func decodeJSON(
        _ root: JSONValue, format: JSONFormatOptions, context: MessageContext, into message: inout DecodedMessage
    ) {
        guard let time = readingTime(root, format: format, context: context, into: &message) else { return }
        guard let device = name(format.device, in: root, or: context.match.device, context: context) else {
            message.reject(.unknownDevice, "neither the topic nor the payload names the device")
            return
        }
        let unit = format.unit.flatMap { root.at($0)?.string }
        for named in format.values {
            guard let value = root.at(named.path) else { continue }
            var quantity = named.quantity
            quantity.withUTF8 { quantity in
                add(
                    value: value, quantity: UnsafeRawBufferPointer(quantity), device: device, unit: unit,
                    units: format.units, time: time, context: context, into: &message)
            }
        }
        guard format.values.isEmpty || format.value != nil else { return }
        guard let quantity = name(format.quantity, in: root, or: context.match.quantity, context: context) else {
            message.reject(.unknownQuantity, "neither the topic nor the payload names the quantity")
            return
        }
        guard let value = format.value.map({ root.at($0) }) ?? root else {
            message.reject(.noReading, "nothing stands at `\(format.value?.text ?? "")`")
            return
        }
        add(
            value: value, quantity: quantity, device: device, unit: unit, units: format.units, time: time,
            context: context, into: &message)
    }

    /// - Parameter units: what a quantity arrives in when the payload does not say.
    func add(
        value: JSONValue, quantity: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer,
        unit: UnsafeRawBufferPointer?, units: [String: String], time: (Timestamp, Reading.TimeOrigin),
        context: MessageContext, into message: inout DecodedMessage
    ) {
        if unit == nil, !units.isEmpty, var configured = units[quantity.text] {
            configured.withUTF8 {
                add(
                    value: value, quantity: quantity, device: device, unit: UnsafeRawBufferPointer($0), time: time,
                    context: context, into: &message)
            }
        } else {
            add(
                value: value, quantity: quantity, device: device, unit: unit, time: time, context: context,
                into: &message)
        }
    }

    private func readingTime(
        _ root: JSONValue, format: JSONFormatOptions, context: MessageContext, into message: inout DecodedMessage
    ) -> (Timestamp, Reading.TimeOrigin)? {
        guard let path = format.time, let value = root.at(path), value.kind != .null else {
            return (context.received, .receipt)
        }
        guard let time = NumberText.time(value), time >= .distantPast, time <= .distantFuture else {
            message.reject(
                .badTime, "`\(path.text)` is \(value.shown), not a time since 1970 or in RFC 3339",
                readings: readingCount(in: root, format: format))
            return nil
        }
        return (time, .device)
    }

    /// How many values a payload holds that could not be dated.
    private func readingCount(in root: JSONValue, format: JSONFormatOptions) -> Int {
        let listed = format.values.count { root.at($0.path) != nil }
        return max(1, format.values.isEmpty || format.value == nil ? listed : listed + 1)
    }

    private func name(
        _ path: JSONPath?, in root: JSONValue, or range: Range<Int>?, context: MessageContext
    ) -> UnsafeRawBufferPointer? {
        if let path { return root.at(path)?.string }
        return range.map { UnsafeRawBufferPointer(rebasing: context.topic[$0]) }
    }
}
