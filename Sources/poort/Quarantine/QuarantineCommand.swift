import ArgumentParser

struct QuarantineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "See why messages were put aside, and send them through again once the cause is mended.",
        discussion: """
            A message that cannot be read, or not wholly, is kept, with what tells of people masked (Docs/privacy.md), and \
            never lost while one learns. Nothing \
            leaves the quarantine by itself but when it is full ([storage] quarantine_limit): then the oldest go, counted.

            Example: after adding a device, see what its messages would give, then take them in
              poort quarantine list --capture | poort check --capture -
              systemctl reload poort && poort quarantine replay --reason unknown_device
            """,
        subcommands: [QuarantineList.self, QuarantineShow.self, QuarantineReplay.self, QuarantineDrop.self])
}
