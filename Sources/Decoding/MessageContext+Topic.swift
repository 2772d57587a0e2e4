import Telemetry

/// What formats read from a topic beside the places of its template.
extension MessageContext {
    /// The level so many places before the last one; nil where the topic has no more.
    func level(fromEnd place: Int) -> UnsafeRawBufferPointer? {
        var end = topic.count
        var remaining = place
        while true {
            var start = end
            while start > 0, topic[start - 1] != UInt8(ascii: "/") { start -= 1 }
            if remaining == 0 { return topic.part(start..<end) }
            guard start > 0 else { return nil }
            remaining -= 1
            end = start - 1
        }
    }

    /// What stands for `{device}`, with all levels behind it that `#` stands for; or those alone.
    var deviceWithRest: UnsafeRawBufferPointer? {
        guard let rest = match.rest else { return device?.name }
        let start: Int
        if let device = match.device {
            guard device.upperBound + 1 >= rest.lowerBound else { return self.device?.name }
            start = device.lowerBound
        } else {
            start = rest.lowerBound
        }
        return start < topic.count ? topic.part(start...) : nil
    }
}
