import Glibc
import TestKit
import Testing

@testable import Storage

@Suite(
    "Where the database lies", .serialized,
    .enabled(if: SmallDisk.isPossible, "mounting a small disk takes root"))
struct DatabasePlaceTests {
    private let directory = TemporaryDirectory()

    @Test("a disk that is not mounted any more is objected to, until it is mounted again")
    func unmounted() throws {
        let card = try SmallDisk(megabytes: 1)
        mkdir("\(card.path)/data", 0o755)
        let paths = ["\(card.path)/poort.db", "\(card.path)/data/poort.db"]
        let places = try paths.map { try #require(DatabasePlace(of: $0)) }
        for place in places { #expect(place.objection() == nil && place.mountPoint == card.path) }
        card.detach()
        for place in places {
            let objection = try #require(place.objection())
            #expect(objection.condition == .gone)
            #expect(objection.description.contains("the disk that was mounted on \(card.path) is gone"))
            #expect(!objection.description.contains("[SQLite"), "SQLite has not said so")
        }
        let other = try SmallDisk(megabytes: 1, at: card.path)
        for place in places { #expect(place.objection() == nil, "another card has been put in") }
        withExtendedLifetime(other) {}
    }

    @Test("a database on the root's own file system is never objected to, nor one over which a card is mounted")
    func others() throws {
        let path = directory.file("poort.db")
        let place = try #require(DatabasePlace(of: path))
        #expect(place.objection() == nil)
        let card = try SmallDisk(megabytes: 1, at: directory.path)
        #expect(place.objection() == nil)
        card.detach()
        #expect(place.objection() == nil)
    }

    @Test("a directory that was removed is left to SQLite, which cannot open the file")
    func removedDirectory() throws {
        mkdir(directory.file("data"), 0o755)
        let place = try #require(DatabasePlace(of: directory.file("data/poort.db")))
        rmdir(directory.file("data"))
        #expect(place.objection() == nil)
        let error = #expect(throws: StorageError.self) { try Store(path: directory.file("data/poort.db")) }
        #expect(error?.condition == .unreachable)
    }
}
