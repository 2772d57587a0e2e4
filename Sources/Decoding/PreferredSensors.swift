import Telemetry

/// Which sensor speaks for a quantity, where several of one device measure the same.
///
/// A series is one sensor's: two thermometers in turn would look like a temperature that jumps, and two values for one
/// time like a conflict. So of the sensors that have a value for a quantity, the one with the lowest number gives it,
/// and what the others say is left to `values`, which names a field for each quantity. What the numbers stand for is
/// stated by each format: a stated preference, or the place in the message.
///
/// Reused from message to message, so that its arrays keep their room. Holds texts of the payload until ``add(to:)``.
struct PreferredSensors {
    private var candidates: [Candidate] = []
    private var speakers: [Speaker] = []

    private struct Candidate {
        let value: FieldValue
        let meaning: FieldMeaning
        let unit: UnsafeRawBufferPointer?
        let sensor: Int
        /// Index into ``speakers``.
        let speaker: Int
        let report: Report
    }

    private struct Speaker {
        let meaning: FieldMeaning
        let device: UnsafeRawBufferPointer
        var sensor: Int

        func speaks(for other: FieldMeaning, of name: UnsafeRawBufferPointer) -> Bool {
            (meaning === other || meaning.quantity == other.quantity) && device.hasSameBytes(as: name)
        }
    }

    /// Takes note of a value. One that says that there is none makes way for another sensor's.
    /// - Parameters:
    ///   - unit: what the payload says of it, as in ``ReadingWriter/add(_:as:unit:of:)``.
    ///   - sensor: all values of the sensor with the lowest number are taken; it may have several, of several times.
    mutating func offer(
        _ value: FieldValue, as meaning: FieldMeaning, unit: UnsafeRawBufferPointer? = nil, sensor: Int,
        of report: Report, to writer: ReadingWriter
    ) {
        guard candidates.count <= writer.mostReadings else { return }
        switch value.meaning {
        case .number(let number, _):
            if writer.isMissing(number, of: report) {
                writer.noteMissing()
                return
            }
        case .boolean: break
        case .missing:
            writer.noteMissing()
            return
        case .none:
            writer.add(value, as: meaning, unit: unit, of: report)
            return
        }
        let speaker = speaker(for: meaning, device: report.device.name, sensor: sensor)
        candidates.append(
            Candidate(value: value, meaning: meaning, unit: unit, sensor: sensor, speaker: speaker, report: report))
    }

    /// Adds the values of the sensors that speak, in the order in which they were offered, and forgets all.
    mutating func add(to writer: ReadingWriter) {
        for candidate in candidates where candidate.sensor == speakers[candidate.speaker].sensor {
            writer.add(candidate.value, as: candidate.meaning, unit: candidate.unit, of: candidate.report)
        }
        candidates.removeAll(keepingCapacity: true)
        speakers.removeAll(keepingCapacity: true)
    }

    private mutating func speaker(
        for meaning: FieldMeaning, device: UnsafeRawBufferPointer, sensor: Int
    ) -> Int {
        for index in speakers.indices where speakers[index].speaks(for: meaning, of: device) {
            speakers[index].sensor = min(speakers[index].sensor, sensor)
            return index
        }
        speakers.append(Speaker(meaning: meaning, device: device, sensor: sensor))
        return speakers.count - 1
    }
}
