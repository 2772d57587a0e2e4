import Gateway
import GatewayConfiguration
import Telemetry

/// Shows what each message of a capture would become, message by message: a capture may be larger than memory.
struct CaptureCheck {
    private let file: String
    private let preview: CapturePreview
    private let json: Bool
    private var output = OutputBuffer()
    private var tally = CaptureTally()

    /// - Parameter file: `-` for standard input.
    init(configuration: Configuration, file: String, json: Bool) {
        self.file = file
        self.json = json
        preview = CapturePreview(configuration: configuration)
    }

    /// - Returns: whether every line is a message and none would be quarantined.
    mutating func run() throws -> Bool {
        var reader = try LineReader(path: file)
        var progress = ProgressLine()
        let began = ContinuousClock.now
        var number = 0
        while let line = try nextLine(&reader, number: &number) {
            // On a terminal that shows the messages themselves, nothing must be written in between.
            if !Terminal.isOutput, ContinuousClock.now - began > .seconds(2) {
                progress.show("\(Grouped.text(number)) lines; \(tally.counts)")
            }
            if let line { take(line, number: number) }
        }
        if !Terminal.isOutput { progress.finish() }
        if !json { for line in tally.lines(file: file) { output.write(line: line) } }
        output.flush()
        return tally.isFine
    }

    /// - Returns: nil at the end, and within it nil for a line that is not worth decoding.
    private mutating func nextLine(_ reader: inout LineReader, number: inout Int) throws -> [UInt8]?? {
        number += 1
        do {
            guard let line = try reader.next() else { return nil }
            let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            return .some(isBlank ? nil : line)
        } catch is LineReader.LineTooLong {
            refuse("the line is longer than 8 MiB", number: number)
            return .some(nil)
        }
    }

    private mutating func take(_ line: [UInt8], number: Int) {
        do throws(CaptureError) {
            let message = try CapturedMessage(line: line)
            let decoded = preview.decode(message)
            tally.count(decoded)
            let topic = String(decoding: message.topic, as: UTF8.self)
            if json {
                output.write(line: CaptureCheck.json(decoded, topic: topic, number: number).finished)
            } else {
                for line in CaptureCheck.block(decoded, topic: topic, number: number) { output.write(line: line) }
            }
        } catch {
            refuse(error.cause, number: number)
        }
    }

    private mutating func refuse(_ cause: String, number: Int) {
        tally.refusedLines += 1
        guard json else {
            return output.write(
                line: Emphasis.bad.applied(to: "line \(number)  no message: \(TerminalText.plain(cause))"))
        }
        var line = JSONLine()
        line.add("line", number)
        line.add("error", cause)
        output.write(line: line.finished)
    }

    private static func json(_ decoded: DecodedPreview, topic: String, number: Int) -> JSONLine {
        var line = JSONLine()
        line.add("line", number)
        line.add("topic", topic)
        decoded.add(to: &line)
        return line
    }

    private static func unread(_ decoded: DecodedPreview) -> [String] {
        if decoded.unreadNames.isEmpty { return [] }
        let names = decoded.unreadNames.map(TerminalText.plain).joined(separator: ", ")
        return [Emphasis.quiet.applied(to: "not read, since their names say nothing; map them in `values`: \(names)")]
    }

    /// The message, and below it what it holds.
    private static func block(_ decoded: DecodedPreview, topic: String, number: Int) -> [String] {
        let source = decoded.source.map { "source \"\($0)\"" } ?? "no source"
        let head = Emphasis.strong.applied(to: "line \(number)  \(TerminalText.plain(topic))")
        let readings = decoded.readings.map { reading in
            [
                reading.series.device, reading.series.quantity.name, JSONLine.number(reading.value),
                reading.series.quantity.unit, reading.time.description + (reading.hasOwnTime ? "" : " (receipt)"),
            ].map(TerminalText.plain)
        }
        // A device that is not known is not known for each of its readings.
        var said: [(rejection: Rejection, count: Int)] = []
        for rejection in decoded.rejections {
            let earlier = said.firstIndex {
                $0.rejection.reason == rejection.reason && $0.rejection.detail == rejection.detail
            }
            if let earlier { said[earlier].count += 1 } else { said.append((rejection, 1)) }
        }
        let rows = said.map { rejection, count in
            let times = count == 1 ? "" : "  (\(Grouped.text(count)) times)"
            return [rejection.reason.rawValue, TerminalText.plain(rejection.detail) + times]
        }
        let refused = zip(said, TextTable.aligned(rows, leftColumns: 2)).map { said, line in
            (said.rejection.reason.disposition == .quarantined ? Emphasis.bad : .quiet).applied(to: line)
        }
        return ["\(head)  \(Emphasis.quiet.applied(to: "(\(TerminalText.plain(source)))"))"]
            + (TextTable.aligned(readings, leftColumns: [0, 1, 3, 4]) + refused + unread(decoded)).map { "    " + $0 }
    }
}

/// What became of a capture's messages. One counts once for each reason that something in it has.
private struct CaptureTally {
    var refusedLines = 0
    private var messages = 0
    private var readings = 0
    private var dispositions: [RejectionReason.Disposition: Int] = [:]
    private var reasons: [RejectionReason: Int] = [:]

    var isFine: Bool { dispositions[.quarantined] == nil && refusedLines == 0 }

    mutating func count(_ decoded: DecodedPreview) {
        messages += 1
        readings += decoded.readings.count
        let found = Set(decoded.rejections.map(\.reason))
        for reason in found { reasons[reason, default: 0] += 1 }
        for disposition in Set(found.map(\.disposition)) { dispositions[disposition, default: 0] += 1 }
    }

    var counts: String { "\(counted(messages, "message")), \(counted(readings, "reading"))" }

    func lines(file: String) -> [String] {
        var lines = [Emphasis.strong.applied(to: "\(file == "-" ? "standard input" : file): \(counts)")]
        for (disposition, words) in [
            (RejectionReason.Disposition.rejected, "let go by rule"), (.quarantined, "would be quarantined"),
        ] {
            let found = reasons.filter { $0.key.disposition == disposition }
                .sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            if found.isEmpty { continue }
            let text = found.map { "\($0.key.rawValue) \(Grouped.text($0.value))" }.joined(separator: ", ")
            lines.append("\(words): \(counted(dispositions[disposition] ?? 0, "message")) (\(text))")
        }
        if refusedLines > 0 { lines.append("no message: \(counted(refusedLines, "line"))") }
        return lines
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(Grouped.text(count)) \(noun)\(count == 1 ? "" : "s")"
    }
}
