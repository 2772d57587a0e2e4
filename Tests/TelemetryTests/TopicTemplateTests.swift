@testable import Telemetry
import TestKit
import Testing

@Suite("TopicTemplate")
struct TopicTemplateTests {
    /// What a topic gives in the places of the template, as `type|device|quantity`; nil when it does not match.
    private func match(_ template: String, _ topic: String) throws -> String? {
        let template = try #require(TopicTemplate(template))
        return Array(topic.utf8).withUnsafeBytes { bytes in
            guard let match = template.match(bytes) else { return nil }
            return [match.type, match.device, match.quantity]
                .map { $0.map { String(decoding: bytes[$0], as: UTF8.self) } ?? "-" }.joined(separator: "|")
        }
    }

    @Test(
        "takes type, device and quantity out of a topic",
        arguments: [
            ("sensors/{type}/{device}/{quantity}", "sensors/air/aq-1/pm2_5", "air|aq-1|pm2_5"),
            ("{device}", "d", "-|d|-"), ("{device}/#", "d/a/b/c", "-|d|-"), ("{device}/#", "d", "-|d|-"),
            ("a/+/{device}", "a/x/d", "-|d|-"), ("#", "a/b", "-|-|-"), ("a/b", "a/b", "-|-|-"),
            ("x/{device}/{quantity}", "x//", "-||"), ("{quantity}/{device}/{type}", "q/d/t", "t|d|q"),
            ("gemeente/één/{device}", "gemeente/één/d", "-|d|-"), ("/{device}", "/d", "-|d|-"),
        ])
    func matches(template: String, topic: String, expected: String) throws {
        #expect(try match(template, topic) == expected)
    }

    @Test(
        "knows what # stands for",
        arguments: [
            ("a/#", "a/b/c", "b/c"), ("a/#", "a/", ""), ("a/#", "a", ""), ("#", "a", "a"), ("{device}/#", "d/x", "x"),
            ("{device}/#", "d", ""), ("a/{device}", "a/d", nil),
        ] as [(String, String, String?)])
    func rest(template: String, topic: String, expected: String?) throws {
        let template = try #require(TopicTemplate(template))
        let rest = Array(topic.utf8).withUnsafeBytes { bytes in
            template.match(bytes)?.rest.map { String(decoding: bytes[$0], as: UTF8.self) }
        }
        #expect(rest == expected)
        #expect(template.endsInRest == (expected != nil))
    }

    @Test(
        "does not match more, fewer or other levels",
        arguments: [
            ("sensors/{device}", "sensors/a/b"), ("sensors/{device}", "sensors"), ("sensors/{device}", "Sensors/a"),
            ("a/b", "a/bc"), ("a/bc", "a/b"), ("a/b", "a/b/"), ("a", ""), ("{device}/x", "d/"), ("a/{device}/#", "a"),
            ("/a", "a"), ("a/+", "a"),
        ])
    func mismatches(template: String, topic: String) throws {
        #expect(try match(template, topic) == nil)
    }

    @Test(
        "subscribes to all that it may match, and nothing else",
        arguments: [
            ("sensors/{type}/{device}/{quantity}", "sensors/+/+/+"), ("v3/+/devices/{device}/#", "v3/+/devices/+/#"),
            ("plain/topic", "plain/topic"), ("#", "#"), ("/{device}/", "/+/"),
        ])
    func filter(template: String, filter: String) {
        #expect(TopicTemplate(template)?.filter == filter)
    }

    @Test(
        "refuses templates that no filter stands for",
        arguments: [
            "", "#/a", "a/#/b", "a/{device}x", "a/x{device}", "{devices}", "{}", "{device", "device}", "a+", "a/+b",
            "a#",
            "{device}/{device}", "{type}/a/{type}", "{quantity}/{quantity}", "{Device}",
        ])
    func refused(template: String) {
        #expect(TopicTemplate(template) == nil)
    }

    @Test(
        "covers what it matches all of",
        arguments: [
            ("a/{device}/{quantity}", "a/b/{quantity}", true), ("a/b/{quantity}", "a/{device}/{quantity}", false),
            ("#", "a/b", true), ("a/#", "a", true), ("a/#", "b/#", false), ("a/+", "a/#", false), ("a/b", "a/b", true),
            ("a/+/c", "a/b/c/d", false), ("{device}/{quantity}", "+/+", true),
        ])
    func covers(wide: String, narrow: String, isCovered: Bool) throws {
        #expect(try #require(TopicTemplate(wide)).covers(try #require(TopicTemplate(narrow))) == isCovered)
    }

    @Test("knows what it gives")
    func gives() throws {
        let full = try #require(TopicTemplate("{type}/{device}/{quantity}"))
        #expect(full.givesDevice && full.givesQuantity)
        let bare = try #require(TopicTemplate("+/#"))
        #expect(!bare.givesDevice && !bare.givesQuantity)
    }

    @Test(
        "names what two templates have in common",
        arguments: [
            ("a/+/c", "a/b/+", "a/b/c"), ("a/#", "a/b", "a/b"), ("a/{device}", "a/#", "a/+"), ("a/#", "a", "a"),
            ("#", "a/+/#", "a/+/#"), ("a/#", "+/b/#", "a/b/#"), ("a", "b", nil), ("a/b", "a", nil), ("a/+", "a", nil),
        ] as [(String, String, String?)])
    func common(left: String, right: String, expected: String?) throws {
        let (left, right) = (try #require(TopicTemplate(left)), try #require(TopicTemplate(right)))
        #expect(left.common(with: right) == expected)
        #expect(right.common(with: left) == expected)
        #expect((expected != nil) == left.overlaps(right))
    }
}
