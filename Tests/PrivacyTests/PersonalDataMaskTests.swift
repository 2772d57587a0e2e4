import Privacy
import Testing

/// What is masked, and what only looks like it.
@Suite("Personal data are masked")
struct PersonalDataMaskTests {
    private static let mask = PersonalDataMask.standard

    /// In `before` what is personal stands between « and », which are left out.
    private func check(_ marked: String, mask: PersonalDataMask = mask) {
        let before = marked.filter { $0 != "«" && $0 != "»" }
        var expected = ""
        var isPersonal = false
        for character in marked {
            switch character {
            case "«": isPersonal = true
            case "»": isPersonal = false
            case _ where !isPersonal: expected.append(character)
            case "0"..."9": expected.append("0")
            case _ where character.isLetter: expected.append("x")
            default: expected.append(character)
            }
        }
        #expect(mask.masked(before) == expected)
        #expect(mask.masked(expected) == expected)
    }

    @Test(
        "MAC addresses, however their bytes are kept apart",
        arguments: [
            "«AA:BB:CC:DD:EE:FF»", "seen «a4-83-e7-0b-12-9c» near", "«a483.e70b.129c»", #"{"«a4:83:e7:0b:12:9c»":-70}"#,
            "sensors/people/«A4:83:E7:0B:12:9C»/rssi", #"["«01:23:45:67:89:01»","«ff:ff:ff:ff:ff:ff»"]"#,
            "wifi-«a4-83-e7-0b-12-9c»", #"a\n«a4:83:e7:0b:12:9c»\tb"#, "«a4:83:e7:0b:12:9c»,«a4:83:e7:0b:12:9d»",
            "«a4:83:e7:0b:12:9c»->", "mac=«a4:83:e7:0b:12:9c»", "1,«a4:83:e7:0b:12:9c»;-70", "_«a4:83:e7:0b:12:9c»_",
            // An address more, or a number before it.
            "«a4-83-e7-0b-12-9c-a4-83-e7-0b-12-9d»", "«05-a4-83-e7-0b-12-9c»", "«a4:83:e7:0b:12:9c»\u{0}\u{1}",
            "2026-11-23T10:00:00 «a4:83:e7:0b:12:9c»", #"{\"a\":\"«a4:83:e7:0b:12:9c»\"}"#,
        ])
    func addresses(marked: String) { check(marked) }

    @Test("also within bytes that are no text")
    func binary() {
        var bytes: [UInt8] = [0x0A, 0x11] + Array("a4:83:e7:0b:12:9c".utf8) + [0xFF, 0x00, 0xC3]
        let isMasked = PersonalDataMaskTests.mask.apply(to: &bytes)
        #expect(isMasked)
        #expect(bytes == [0x0A, 0x11] + Array("x0:00:x0:0x:00:0x".utf8) + [0xFF, 0x00, 0xC3])
    }

    @Test(
        "IMSI and IMEI, and telephone numbers",
        arguments: [
            (#"{"who":"204043123456789"}"#, #"{"who":"100000000000000"}"#),
            (#"{"who":204043123456789,"x":1}"#, #"{"who":null           ,"x":1}"#),
            (#"{"who": 204043123456789}"#, #"{"who": null           }"#),
            ("cell/204043123456789/seen", "cell/100000000000000/seen"),
            ("12,204043123456789,13", "12,100000000000000,13"), ("imsi204043123456789", "imsi100000000000000"),
            ("[204043123456789]", "[100000000000000]"), ("n 004043123456789", "n 000000000000000"),
            ("204043123456789\n", "null           \n"),
            (#"a\t204043123456789"#, #"a\t100000000000000"#), ("call +31612345678.", "call +00000000000."),
            (#""\u002B31612345678""#, #""\u002B00000000000""#), ("204043123456789.", "100000000000000."),
        ])
    func numbers(before: String, after: String) {
        #expect(PersonalDataMaskTests.mask.masked(before) == after)
        #expect(PersonalDataMaskTests.mask.masked(after) == after)
    }

    @Test(
        "number plates of every sidecode, in either case",
        arguments: [
            "ND-00-01", "00-01-AB", "01-AB-23", "DB-01-BB", "DB-BB-01", "01-DB-BB", "01-GBB-1", "1-GBB-01", "GB-001-B",
            "G-001-BB", "GBB-01-B", "B-01-BBB", "1-BB-001", "001-BB-1", "gbb-01-b", "CD-12-34", "OB-12-XZ",
        ])
    func plates(plate: String) {
        for marked in [
            "«\(plate)»", "car \u{22}«\(plate)»\u{22}", "gate/«\(plate)»/in", "«\(plate)»,1", "cam-«\(plate)»",
            #"\n«\#(plate)»"#,
        ] {
            check(marked)
        }
    }

    @Test(
        "what only looks like these stays",
        arguments: [
            "12-34-56", "2026-11-23", "23-11-2026", "2026-11-23T10:00:00.123+01:00", "10:20:30", "1-jan-26",
            "01-MAR-26",
            "1764000000000", "1764000000000000", "1764000000000000000", "20261123100000", "52.530512345678901",
            "123456789012345.25", "1.5e+10", "-0.123456789012345", "20404312345678", "2040431234567890",
            "550e8400-e29b-41d4-a716-446655440000", "70B3D57ED0000001", "A840410001812345", "70:B3:D5:7E:D0:00:00:01",
            "70-b3-d5-7e-d0-12-34-ab", "0x00158d0001a2b3c4", "shellyplus1-a8032abe54dc", "aq-0001", "aq-12-zw",
            "gw-01-02", "AA:BB:CC:DD:EE", "AA:BB-CC:DD-EE:FF", "aabb.ccdd", "urn:dev:mac:0024befffe804ff1",
            "AXA50tHGUUucuzS/bCGMNw==",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
            #"{"lat":52.5305,"lon":6.0595,"alt":12.000000000000001}"#, #"{"count":12,"faces_count":3,"surface":1.5}"#,
            #"{"plate_temperature":21.5,"imagery":"abc","amac":"a8032abe54dc"}"#, "face=", "mac",
            #"{"mac":null,"face":true}"#,
            "x-12-34", "a-b-c", "-12-AB", "12-AB-", "", "🚲 12-34",
            "A1:B2:C3:D4:E5:F6:A1:B2:C3:D4:E5:F6:A1:B2:C3:D4:E5:F6:A1:B2",
        ])
    func lookalikes(text: String) {
        #expect(PersonalDataMaskTests.mask.masked(text) == text)
        var bytes = Array(text.utf8)
        let isMasked = PersonalDataMaskTests.mask.apply(to: &bytes)
        #expect(!isMasked)
    }

    @Test(
        "the values of keys that say so, whatever they look like",
        arguments: [
            (#"{"mac":"a483e70b129c","v":1}"#, #"{"mac":"x000x00x000x","v":1}"#),
            (#"{"deviceMac":"a483e70b129c"}"#, #"{"deviceMac":"x000x00x000x"}"#),
            (#"{"MAC-Address" : "a4 83"}"#, #"{"MAC-Address" : "x0 00"}"#),
            (#"{"mac_hash":"9f86d081"}"#, #"{"mac_hash":"0x00x000"}"#),
            (#"{"kenteken":"GBB01B","n":7}"#, #"{"kenteken":"xxx00x","n":7}"#),
            (#"{"vehicleLicensePlate":"12abcd"}"#, #"{"vehicleLicensePlate":"00xxxx"}"#),
            (#"{"phone":"06-1234 5678"}"#, #"{"phone":"00-0000 0000"}"#),
            (#"{"phone_2":"0612"}"#, #"{"phone_2":"0000"}"#),
            (#"{"imei":12,"b":1}"#, #"{"imei":0 ,"b":1}"#), (#"{"rfid":123456}"#, #"{"rfid":null  }"#),
            (#"{"imei":-1.5e3}"#, #"{"imei":null  }"#),
            (#"{"person_id":"Jörg\n\u00e9\"x"}"#, #"{"person_id":"xxxxx\n\u0078\"x"}"#),
            (
                #"{"faces":[{"name":"Jan","at":[1,2.55],"ok":true,"q":"]"},"x"],"n":2}"#,
                #"{"faces":[{"xxxx":"xxx","xx":[0,null],"xx":true,"x":"]"},"x"],"n":2}"#
            ),
            (#"{"a":"{\"mac\":\"a483e70b129c\",\"v\":1}"}"#, #"{"a":"{\"mac\":\"x000x00x000x\",\"v\":1}"}"#),
            (#"{"a":"{\"face\":{\"x\":\"Jan\"},\"v\":1}"}"#, #"{"a":"{\"face\":{\"x\":\"xxx\"},\"v\":1}"}"#),
            ("wifi,mac=a483e70b129c,site=b rssi=-70 1", "wifi,mac=x000x00x000x,site=b rssi=-70 1"),
            ("cell imei=204043123456789i 1", "cell imei=000000000000000i 1"),
            ("{'plate': 'AB12CD', 'v': 1}", "{'plate': 'xx00xx', 'v': 1}"),
            // Cut off: to the end.
            (#"{"face":"Jan de V"#, #"{"face":"xxx xx x"#), (#"{"face":{"name":"Jan"#, #"{"face":{"xxxx":"xxx"#),
        ])
    func keys(before: String, after: String) {
        #expect(PersonalDataMaskTests.mask.masked(before) == after)
        #expect(PersonalDataMaskTests.mask.masked(after) == after)
    }

    @Test("what the configuration names stays, and what stands beside it does not")
    func known() {
        let mask = PersonalDataMask(
            furtherKeys: ["Resident Name"], readKeys: [Array("faces".utf8)],
            knownNames: ["a4:83:e7:0b:12:9c", "gate-GBB-01-B", "a8032abe54dc", "861234567890123"])
        check("s/a4:83:e7:0b:12:9c/«a4:83:e7:0b:12:9d»/x", mask: mask)
        check("s/A4:83:E7:0B:12:9C/x", mask: mask)
        check("s/gate-GBB-01-B/x", mask: mask)
        check("s/«GBB-01-B»/x", mask: mask)
        check("s/gate-GBB-01-Bx/x", mask: mask)
        check(#"{"mac":"a8032abe54dc","imei":861234567890123,"bssid":"«a8032abe54dd»"}"#, mask: mask)
        check(#"{"faces":3,"residentName":"«Jan»","resident_name":"«Jan»"}"#, mask: mask)
        #expect(mask.masked(#"{"imei":861234567890124}"#) == #"{"imei":null           }"#)
    }

    @Test(
        "a name tells what it looks like, masked ones as well",
        arguments: [
            ("AA:BB:CC:DD:EE:FF", PersonalDataKind.hardwareAddress), ("xx:xx:0x:00:xx:x0", .hardwareAddress),
            ("phone 204043123456789", .subscriberNumber), ("100000000000000", .subscriberNumber),
            ("+31612345678", .phoneNumber), ("+00000000000", .phoneNumber), ("gbb-01-b", .numberPlate),
            ("cam-xxx-00-x", .numberPlate),
        ])
    func names(name: String, kind: PersonalDataKind) {
        #expect(Array(name.utf8).withUnsafeBytes(PersonalName.kind) == kind)
    }

    @Test(
        "names of sensors do not",
        arguments: [
            "aq-0001", "shellyplus1-a8032abe54dc", "70B3D57ED0000001", "a8032abe54dc", "aq-12-zw", "mac", "bin=mac",
            "urn:ngsi-ld:Device:zwolle-01", "70:B3:D5:7E:D0:00:00:01", "sds011_1234567",
        ])
    func sensorNames(name: String) {
        #expect(Array(name.utf8).withUnsafeBytes(PersonalName.kind) == nil)
    }
}
