@testable import Decoding
import Telemetry
import Testing

@Suite("DeviceDirectory")
struct DeviceDirectoryTests {
    private let directory = DeviceDirectory([
        DeviceOptions(id: "bin-7", aliases: ["0004a30b001c0530", "12041741", "urn:ngsi-ld:WasteContainer:7"]),
        DeviceOptions(id: "AABBCCDDEEFF0011"),
        DeviceOptions(id: "late", aliases: ["bin-7", "12041741"]),
    ])

    @Test("finds a device by its id and its aliases")
    func names() {
        for name in ["bin-7", "12041741", "urn:ngsi-ld:WasteContainer:7"] { #expect(directory[name]?.id == "bin-7") }
        #expect(directory["late"]?.id == "late")
        #expect(directory["bin-8"] == nil)
        #expect(directory[""] == nil)
    }

    @Test("takes a DevEUI in either case, and other names as they are")
    func cases() {
        #expect(directory["0004A30B001C0530"]?.id == "bin-7")
        #expect(directory["0004a30b001C0530"]?.id == "bin-7")
        #expect(directory["aabbccddeeff0011"]?.id == "AABBCCDDEEFF0011")
        #expect(directory["BIN-7"] == nil)
        #expect(directory["0004A30B001C053"] == nil)
        #expect(directory["0004A30B001C053G"] == nil)
    }

    @Test("keeps a name with the device that has it first")
    func twice() {
        #expect(directory["12041741"]?.id == "bin-7")
    }

    @Test("gives a message's series the id, under whatever name it comes")
    func message() {
        let decoding = Decoding(
            json: .json("x/{device}/{quantity}"), topic: "x/{device}/{quantity}",
            devices: [DeviceOptions(id: "bin-7", aliases: ["0004a30b001c0530"], type: "waste")],
            unknownDevices: .quarantine)
        let first = decoding.decode("x/0004A30B001C0530/humidity", "1")
        #expect(decoding.shown(first) == ["bin-7/humidity=1"])
        #expect(first.newSeries.map(\.deviceType) == ["waste"])
        #expect(decoding.decode("x/bin-7/humidity", "2").newSeries.isEmpty)
        #expect(decoding.decode("x/0004a30b001c0530/humidity", "3").readings.map(\.series) == [0])
        #expect(decoding.decode("x/bin-8/humidity", "4").reasons == [.unknownDevice])
    }
}
