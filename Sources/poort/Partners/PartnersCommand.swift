import ArgumentParser

struct PartnersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "partners",
        abstract: "Show who gets aggregates: how far each is, what was sent, what was refused, what is next.",
        discussion: """
            A partner gets what its contract shares ([[partner]] share): each window once it is closed, and again with a \
            higher revision when late readings have corrected it. What has not gone waits in the database, whatever \
            becomes of the partner's server, for as long as its backlog allows.

            Example: what would go to the waste collector, and what has it refused?
              poort partners preview rova
              poort partners refused rova
            """,
        subcommands: [PartnersList.self, PartnersPreview.self, PartnersRefused.self],
        defaultSubcommand: PartnersList.self)
}
