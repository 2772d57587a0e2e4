import Telemetry

/// A payload that is one value in plain text: `12.3`, `12,3`, `23 °C`, `ON`, `nan`; also as a JSON string.
///
/// Device and quantity stand in the topic. Where `values` lists names, they are the topic's names of the quantities,
/// and other topics are let go; a topic without `{quantity}` holds the only quantity that is listed.
final class ScalarDecoder: PayloadDecoder {
    private let setup: SourceSetup
    private let vocabulary: SourceVocabulary

    init(_ setup: SourceSetup) {
        self.setup = setup
        vocabulary = setup.vocabulary()
    }

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard let device = context.device else {
            writer.reject(.unknownDevice, "the topic does not name the device: put {device} into it")
            return
        }
        guard let meaning = meaning(context, writer), let text = text(payload, writer) else { return }
        writer.add(
            .text(text), as: meaning, of: Report(device: device, time: .receipt(context.received), context: context))
    }

    private func meaning(_ context: MessageContext, _ writer: ReadingWriter) -> FieldMeaning? {
        guard let quantity = context.quantity else {
            if vocabulary.listed.count == 1 { return vocabulary.listed[0].meaning }
            writer.reject(.unknownQuantity, "the topic does not name the quantity: put {quantity} into it")
            return nil
        }
        if vocabulary.listed.isEmpty { return vocabulary.meaning(ofQuantity: quantity) }
        if let meaning = vocabulary.meaning(ofField: quantity) { return meaning }
        writer.reject(.ignoredTopic, "`values` does not list \(quantity.text.excerpt)")
        return nil
    }

    /// What a value's text may be; nil, with a rejection, for what cannot be one.
    private func text(_ payload: UnsafeRawBufferPointer, _ writer: ReadingWriter) -> UnsafeRawBufferPointer? {
        let text = payload.withoutTerminator.trimmed
        switch text.first {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            writer.reject(
                .undecodable,
                "the payload is JSON, not a value in plain text: \(payload.text.excerpt); use format \"json\"")
        case UInt8(ascii: "\""): return quoted(text, writer)
        default:
            if text.isUTF8 { return text }
            writer.reject(.undecodable, "the payload is not text in UTF-8: \(payload.text.excerpt)")
        }
        return nil
    }

    private func quoted(_ text: UnsafeRawBufferPointer, _ writer: ReadingWriter) -> UnsafeRawBufferPointer? {
        if case .value(let value) = setup.document.parse(text), let string = value.string { return string }
        writer.reject(.undecodable, "the payload is no JSON string: \(text.text.excerpt)")
        return nil
    }
}

extension UnsafeRawBufferPointer {
    /// Without the zero that ends a string in C, which firmware may send along.
    fileprivate var withoutTerminator: UnsafeRawBufferPointer {
        last == 0 ? UnsafeRawBufferPointer(rebasing: dropLast()) : self
    }

    fileprivate var isUTF8: Bool {
        allSatisfy { $0 < 0x80 } || String(validating: self, as: UTF8.self) != nil
    }
}
