extension KafkaSink {
    /// What is known of the rows of one delivery.
    struct Attempt {
        private var reports: [KafkaProducer.Report?]
        /// Refused before they were sent, for what they are.
        private var ownFaults: Set<Int> = []
        private var openCount: Int

        init(_ count: Int) {
            reports = Array(repeating: nil, count: count)
            openCount = count
        }

        var isOpen: Bool { openCount > 0 }

        mutating func take(_ more: [Int: KafkaProducer.Report]) {
            for (number, report) in more where reports.indices.contains(number) && reports[number] == nil {
                reports[number] = report
                openCount -= 1
            }
        }

        /// A row that was not even queued.
        mutating func fail(_ number: Int, _ condition: KafkaCondition) {
            take([number: KafkaProducer.Report(error: condition, mayHaveArrived: false)])
            if condition.isTooLarge { ownFaults.insert(number) }
        }

        var allTaken: Bool { !isOpen && reports.allSatisfy { $0?.error.isNone ?? false } }

        /// Whether there is nothing to say of single rows.
        var noneTaken: Bool {
            ownFaults.isEmpty && !isRefusedAlone && reports.allSatisfy { !($0?.error.isNone ?? false) }
        }

        var mayHaveArrived: Bool { reports.contains { $0?.mayHaveArrived ?? true } }

        var firstCondition: KafkaCondition? {
            let conditions = reports.compactMap { $0?.error }.filter { !$0.isNone }
            return conditions.first { !$0.isTimeOut } ?? conditions.first
        }

        /// Whether a new producer is to try next, which asks for the topic anew.
        var hasTrouble: Bool {
            reports.contains { $0?.error.kind == .misconfigured || $0?.error.isTimeOut ?? true }
        }

        /// A broker answers for a whole batch, so only of a row that was alone is known that it is meant.
        private var isRefusedAlone: Bool {
            guard reports.count == 1, let kind = reports[0]?.error.kind else { return false }
            return kind == .refused || kind == .tooLarge
        }

        func outcomes(_ trouble: String?) -> [Delivery.Outcome] {
            reports.indices.map { number in
                guard let report = reports[number] else { return .again(trouble ?? "no answer") }
                if report.error.isNone { return .taken }
                if isRefusedAlone || ownFaults.contains(number) { return .refused(report.error.words) }
                return .again(report.error.isTimeOut ? trouble ?? report.error.words : report.error.words)
            }
        }
    }
}
