import Telemetry

final class SenMLDecoder: PayloadDecoder {
    init(_ setup: SourceSetup) {}

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        writer.reject(.undecodable, "this format is not read yet")
    }
}
