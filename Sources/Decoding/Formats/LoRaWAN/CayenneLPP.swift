import Telemetry

/// CayenneLPP frames as payloads of their own, dated by receipt; the topic names the device.
/// Source: myDevicesIoT/CayenneLPP. See ``CayenneReader`` for what its channels mean.
final class CayenneLPPDecoder: PayloadDecoder {
    private let reader: CayenneReader

    init(_ setup: SourceSetup) {
        reader = CayenneReader(setup)
    }

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard let device = context.device else {
            writer.reject(.unknownDevice, "the topic does not name the device")
            return
        }
        if let fault = reader.read(payload) {
            writer.reject(.undecodable, "not CayenneLPP: \(reader.describe(fault, in: payload))")
            return
        }
        reader.add(
            payload, of: Report(device: device, time: .receipt(context.received), context: context), into: writer)
    }
}
