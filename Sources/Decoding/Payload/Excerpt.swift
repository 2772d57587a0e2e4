import Privacy

extension UnsafeRawBufferPointer {
    /// The beginning, as text.
    var text: String { String(decoding: prefix(512), as: UTF8.self) }
}

extension String {
    /// The text in quotes, cut to what fits a line, with nothing that upsets a terminal or tells of a person. It is masked
    /// before it is cut: half of an address would not be recognised.
    var excerpt: String {
        let masked = PersonalDataMask.standard.masked(self)
        var shown = ""
        for scalar in masked.unicodeScalars.prefix(60) {
            let isPrintable = scalar.value >= 0x20 && scalar.value != 0x7F && !(0x80...0x9F).contains(scalar.value)
            shown.unicodeScalars.append(isPrintable ? scalar : "\u{FFFD}")
        }
        return "`\(shown)\(masked.unicodeScalars.count > 60 ? "…" : "")`"
    }
}
