import Decoding
import Telemetry
import Testing

@Suite("Smart Data Models")
struct SmartDataModelsTests {
    private func decoding(
        values: [(String, String)] = [], withoutOffset: TimeWithoutOffset = .utc, devices: [DeviceOptions] = []
    ) -> Decoding {
        Decoding(
            DecoderOptions(
                sources: [
                    Source(
                        topic: TopicTemplate("ngsi/#")!, format: .smartDataModels,
                        values: values.map { NamedPath(quantity: $0.0, path: JSONPath($0.1)!) },
                        timeWithoutOffset: withoutOffset)
                ], devices: devices))
    }

    private func shown(_ payload: String, values: [(String, String)] = []) -> [String] {
        let decoding = decoding(values: values)
        return decoding.shown(decoding.decode("ngsi/x", payload))
    }

    private func times(_ payload: String, withoutOffset: TimeWithoutOffset = .utc) -> [String] {
        decoding(withoutOffset: withoutOffset).decode("ngsi/x", payload).readings.map(\.time.description)
    }

    private func entity(_ type: String, _ attributes: String) -> String {
        "{\"id\":\"urn:ngsi-ld:\(type):7\",\"type\":\"\(type)\",\(attributes)}"
    }

    // MARK: - Representations

    @Test("reads an attribute in NGSI-LD, in NGSIv2, concise and as a bare value")
    func representations() {
        for attribute in [
            #"{"type":"Property","value":11.5,"unitCode":"GQ"}"#,
            #"{"value":11.5,"type":"Number","metadata":{"unitCode":{"type":"Text","value":"GQ"}}}"#,
            #"{"value":11.5,"metadata":{"unitCode":"GQ"}}"#, #"{"value":11.5}"#, "11.5", "\"11.5\"",
            #"{"type":"Property","value":{"@type":"xsd:double","@value":11.5}}"#,
        ] {
            #expect(shown(entity("AirQualityObserved", "\"no2\":\(attribute)")) == ["7/no2=11.5"])
        }
    }

    @Test("reads an entity by itself, in an array, and in the notifications of either NGSI")
    func envelopes() {
        let one = entity("WasteContainer", "\"fillingLevel\":0.4")
        let two = one.replacing(":7\"", with: ":8\"")
        #expect(shown(one) == ["7/fill_level=40"])
        #expect(shown("[\(one),\(two)]") == ["7/fill_level=40", "8/fill_level=40"])
        for notification in [
            "{\"subscriptionId\":\"5\",\"data\":[\(one),\(two)]}",
            """
            {"id":"urn:ngsi-ld:Notification:1","type":"Notification","subscriptionId":"urn:ngsi-ld:Subscription:1",
            "notifiedAt":"2026-11-23T09:00:00Z","data":[\(one),\(two)]}
            """,
            """
            {"metadata":{"Content-Type":"application/json"},"body":{"type":"Notification","data":[\(one),\(two)]}}
            """,
        ] {
            #expect(shown(notification) == ["7/fill_level=40", "8/fill_level=40"])
        }
    }

    @Test(
        "calls a device by the part of its URN behind the type, and by any other id as it is",
        arguments: [
            ("urn:ngsi-ld:WasteContainer:1021:AAWD", "1021:AAWD"), ("urn:ngsi-ld:wastecontainer:7", "7"),
            ("wastecontainer:Fleming:12a", "wastecontainer:Fleming:12a"),
            ("urn:ngsi-ld:WasteContainer:", "urn:ngsi-ld:WasteContainer:"),
            ("urn:ngsi-ld:7", "urn:ngsi-ld:7"), ("urn:ngsi-ld:", "urn:ngsi-ld:"), ("urn:uuid:7", "urn:uuid:7"),
        ])
    func devices(id: String, device: String) {
        #expect(
            shown("{\"id\":\"\(id)\",\"type\":\"WasteContainer\",\"fillingLevel\":1}") == ["\(device)/fill_level=100"])
    }

    @Test("knows a configured device by its whole URN too")
    func alias() {
        let payload = entity("WasteContainer", "\"fillingLevel\":1")
        for options in [
            DeviceOptions(id: "bin", aliases: ["urn:ngsi-ld:WasteContainer:7"]),
            DeviceOptions(id: "bin", aliases: ["7"]),
        ] {
            let decoding = decoding(devices: [options])
            #expect(decoding.shown(decoding.decode("ngsi/x", payload)) == ["bin/fill_level=100"])
        }
    }

    @Test("refuses entities of other types, naming the known ones, and keeps the others")
    func types() throws {
        let decoding = decoding()
        let known = entity("WasteContainer", "\"fillingLevel\":1")
        let message = decoding.decode(
            "ngsi/x", "[\(entity("ParkingSpot", "\"status\":\"free\"")),\(known),{\"id\":\"x\"},5]")
        #expect(decoding.shown(message) == ["7/fill_level=100"])
        #expect(message.reasons == [.undecodable])
        let detail = try #require(message.rejections.first?.detail)
        for type in [
            "`ParkingSpot`", "AirQualityObserved", "WasteContainer", "TrafficFlowObserved", "CrowdFlowObserved",
            "2 more",
        ] {
            #expect(detail.contains(type))
        }
        for payload in ["5", "\"x\"", "{}", "null", "{\"data\":5}"] {
            #expect(decoding.decode("ngsi/x", payload).reasons == [.undecodable])
        }
        #expect(decoding.decode("ngsi/x", "[]").reasons == [.noReading])
    }

    @Test("knows a type as an IRI, and among several")
    func typeSpellings() {
        for type in [
            "\"https://smartdatamodels.org/dataModel.WasteManagement/WasteContainer\"",
            "[\"WasteContainer\",\"Device\"]", "\"https://example.org/terms#WasteContainer\"",
        ] {
            #expect(shown("{\"id\":\"7\",\"type\":\(type),\"fillingLevel\":1}") == ["7/fill_level=100"])
        }
    }

    @Test("reads the listed attributes of any type")
    func listed() {
        let payload = entity(
            "NoiseLevelObserved",
            "\"LAeq\":{\"type\":\"Property\",\"value\":61.5,\"unitCode\":\"2N\"},\"temperature\":5")
        #expect(shown(payload, values: [("noise_laeq", "LAeq")]) == ["7/noise_laeq=61.5"])
        let traffic = entity("TrafficFlowObserved", "\"vehicleType\":\"van\",\"intensity\":5,\"occupancy\":0.5")
        #expect(shown(traffic, values: [("heavy_vehicle_intensity", "intensity")]) == ["7/heavy_vehicle_intensity=5"])
    }

    // MARK: - Models

    @Test("reads AirQualityObserved: shares of one, formulas in capitals, directions from -180 to 180")
    func air() {
        let payload = entity(
            "AirQualityObserved",
            """
            "pm25":9,"PM10":21,"NO2":69,"NOx":139,"CO":0.5,"temperature":12.2,"relativeHumidity":0.54,"reliability":0.7,
            "windDirection":-90,"windSpeed":0.64,"precipitation":0,"airQualityIndex":65,"airQualityLevel":"moderate",
            "CO_Level":"good","source":"http://datos.madrid.es","location":{"type":"Point","coordinates":[-3.7,40.4]},
            "address":{"streetAddress":"Plaza de España"},"refPointOfInterest":{"type":"Relationship","object":"urn:x"}
            """)
        #expect(
            shown(payload) == [
                "7/pm2_5=9", "7/pm10=21", "7/no2=69", "7/nox=139", "7/co=0.5", "7/temperature=12.2", "7/humidity=54",
                "7/wind_direction=270", "7/wind_speed=0.64", "7/rain=0",
            ])
        for (direction, expected) in [(-180.0, 180.0), (0, 0), (180, 180), (186, 186), (-0.5, 359.5)] {
            #expect(
                shown(entity("AirQualityObserved", "\"windDirection\":\(direction)"))
                    == ["7/wind_direction=\(JSONLine.number(expected))"])
        }
    }

    @Test("reads WasteContainer: its state and its settings are no readings")
    func container() {
        let payload = entity(
            "WasteContainer",
            """
            "fillingLevel":0.4,"temperature":31,"cargoWeight":12.5,"batteryLevel":0.75,"status":"lidOpen",
            "dateLastEmptying":"2026-11-20T06:00:00Z","binFullnessThreshold":80,"storedWasteKind":["glass"],
            "category":"underground"
            """)
        #expect(shown(payload) == ["7/fill_level=40", "7/bin_temperature=31", "7/weight=12.5", "7/battery=75"])
        #expect(decoding().decode("ngsi/x", entity("WasteContainer", "\"status\":\"ok\"")).reasons == [.noReading])
    }

    @Test("lets a value go that its model says is not known")
    func notKnown() {
        #expect(decoding().decode("ngsi/x", entity("WasteContainer", "\"batteryLevel\":-1")).reasons == [.missing])
        #expect(decoding().decode("ngsi/x", entity("WasteContainer", "\"fillingLevel\":null")).reasons == [.missing])
        #expect(
            decoding().decode(
                "ngsi/x", entity("WasteContainer", "\"fillingLevel\":{\"value\":null,\"type\":\"Number\"}")
            )
            .reasons == [.missing])
        #expect(shown(entity("AirQualityObserved", "\"temperature\":-1")) == ["7/temperature=-1"])
    }

    @Test(
        "counts vehicles of the class that vehicleType names",
        arguments: [
            ("car", "car_intensity"), ("carWithTrailer", "car_intensity"), ("bicycle", "bicycle_intensity"),
            ("Lorry", "heavy_vehicle_intensity"), ("truck", "heavy_vehicle_intensity"),
            ("bus", "heavy_vehicle_intensity"), ("moped", "motorcycle_intensity"),
        ])
    func vehicles(type: String, quantity: String) {
        for vehicleType in ["\"\(type)\"", "{\"type\":\"Property\",\"value\":\"\(type)\"}"] {
            let payload = entity("TrafficFlowObserved", "\"intensity\":197,\"vehicleType\":\(vehicleType)")
            #expect(shown(payload) == ["7/\(quantity)=197"])
        }
    }

    @Test("counts vehicles of no class together, and refuses those of a class that the catalogue does not have")
    func otherVehicles() {
        let decoding = decoding()
        let flow = """
            "intensity":197,"occupancy":0.76,"averageVehicleSpeed":52.6,"averageHeadwayTime":0.5,
            "averageVehicleLength":9.87,"laneId":1,"laneDirection":"forward","reversedLane":false,"congested":true
            """
        #expect(
            shown(entity("TrafficFlowObserved", flow)) == [
                "7/vehicle_intensity=197", "7/occupancy=76", "7/speed=52.6", "7/headway=0.5",
            ])
        let vans = decoding.decode("ngsi/x", entity("TrafficFlowObserved", flow + ",\"vehicleType\":\"van\""))
        #expect(decoding.shown(vans) == ["7/occupancy=76", "7/speed=52.6", "7/headway=0.5"])
        #expect(vans.reasons == [.unknownQuantity])
        #expect(vans.rejections.first?.detail.contains("`van`") == true)
    }

    @Test("reads CrowdFlowObserved")
    func crowd() {
        let payload = entity(
            "CrowdFlowObserved",
            """
            "peopleCount":100,"peopleCountTowards":58,"peopleCountAway":42,"averageCrowdSpeed":4.5,
            "averageHeadwayTime":5,"occupancy":0.25,"congested":false,"direction":"inbound"
            """
        )
        #expect(
            shown(payload) == [
                "7/pedestrian_intensity=100", "7/pedestrian_intensity_towards=58", "7/pedestrian_intensity_away=42",
                "7/speed=4.5", "7/headway=5", "7/occupancy=25",
            ])
    }

    // MARK: - Units

    @Test(
        "knows the units of UN/CEFACT",
        arguments: [
            ("pm10", "GQ", 20, 20), ("pm10", "GP", 0.02, 20), ("co", "GP", 0.5, 0.5), ("co", "GQ", 500, 0.5),
            ("co2", "59", 415, 415), ("temperature", "CEL", 21.5, 21.5), ("temperature", "FAH", 212, 100),
            ("temperature", "KEL", 273.15, 0), ("relativeHumidity", "P1", 54, 54),
            ("relativeHumidity", "C62", 0.54, 54),
            ("atmosphericPressure", "A97", 1013.2, 1013.2), ("atmosphericPressure", "PAL", 101_320, 1013.2),
            ("atmosphericPressure", "KPA", 101.32, 1013.2), ("atmosphericPressure", "MBR", 1013.2, 1013.2),
            ("atmosphericPressure", "BAR", 1.0132, 1013.2), ("windSpeed", "MTS", 5, 5), ("windSpeed", "KMH", 18, 5),
            ("windSpeed", "KNT", 10, 5.144_444_444), ("precipitation", "MMT", 2, 2), ("precipitation", "CMT", 0.2, 2),
            ("precipitation", "MTR", 0.002, 2), ("windDirection", "DD", 90, 90), ("no2", "61", 10, 19.13),
        ] as [(String, String, Double, Double)])
    func units(attribute: String, code: String, value: Double, expected: Double) throws {
        let payload = entity(
            "AirQualityObserved", "\"\(attribute)\":{\"type\":\"Property\",\"value\":\(value),\"unitCode\":\"\(code)\"}"
        )
        let reading = try #require(decoding().decode("ngsi/x", payload).readings.first)
        #expect(abs(reading.value - expected) < 0.01)
    }

    @Test("refuses a unit that measures something else, and one that nobody knows")
    func wrongUnits() {
        for code in ["KMH", "2N", "XYZ", "toolong"] {
            let payload = entity("AirQualityObserved", "\"pm10\":{\"value\":5,\"unitCode\":\"\(code)\"}")
            #expect(decoding().decode("ngsi/x", payload).reasons == [.unknownUnit])
        }
        let spelt = entity("AirQualityObserved", "\"pm10\":{\"value\":5,\"unitCode\":\"µg/m³\"}")
        #expect(shown(spelt) == ["7/pm10=5"])
    }

    // MARK: - Times

    @Test(
        "dates the attributes by the entity's observation, of an interval by its start",
        arguments: [
            (#""dateObserved":"2026-11-23T09:15:00Z""#, "2026-11-23T09:15:00.000Z"),
            (#""dateObserved":"2026-11-23T10:15:00+01:00/2026-11-23T10:30:00+01:00""#, "2026-11-23T09:15:00.000Z"),
            (#""dateObserved":"2016-12-07T11:10:00/2016-12-07T11:15:00""#, "2016-12-07T11:10:00.000Z"),
            (
                #""dateObserved":{"type":"Property","value":{"@type":"DateTime","@value":"2026-11-23T09:15:00Z"}}"#,
                "2026-11-23T09:15:00.000Z"
            ),
            (
                #""dateObserved":{"type":"DateTime","value":"2026-11-23T09:15:00.500Z","metadata":{}}"#,
                "2026-11-23T09:15:00.500Z"
            ),
            (
                #""dateObservedFrom":"2026-11-23T09:15:00Z","dateObservedTo":"2026-11-23T09:30:00Z""#,
                "2026-11-23T09:15:00.000Z"
            ),
            (#""dateObserved":"P1D/whenever","dateObservedFrom":"2026-11-23T09:15:00Z""#, "2026-11-23T09:15:00.000Z"),
            (#""TimeInstant":{"type":"DateTime","value":"2026-11-23T09:15:00Z"}"#, "2026-11-23T09:15:00.000Z"),
            (#""dateModified":"2026-11-23T09:15:00Z""#, "2026-11-23T09:15:00.000Z"),
            (#""modifiedAt":"2026-11-23T09:15:00Z","dateObserved":"2026-11-23T09:00:00Z""#, "2026-11-23T09:00:00.000Z"),
            (#""dateObserved":null"#, "2026-11-23T10:00:00.000Z"),
        ])
    func entityTimes(attribute: String, expected: String) {
        #expect(times(entity("AirQualityObserved", "\"pm10\":5,\(attribute)")) == [expected])
    }

    @Test("dates an attribute by its own time where it has one")
    func ownTimes() {
        let payload = entity(
            "AirQualityObserved",
            """
            "dateObserved":"2026-11-23T09:00:00Z","pm10":{"type":"Property","value":5,"observedAt":"2026-11-23T09:05:00Z"},
            "pm25":{"value":4,"metadata":{"timestamp":{"type":"DateTime","value":"2026-11-23T09:06:00Z"}}},
            "no2":{"value":3,"metadata":{"TimeInstant":{"value":"2026-11-23T09:07:00Z"}}},
            "o3":{"type":"Property","value":2,"modifiedAt":"2026-11-23T09:08:00Z"}
            """)
        #expect(
            times(payload) == ["05", "06", "07", "00"].map { "2026-11-23T09:\($0):00.000Z" })
        let undated = entity("AirQualityObserved", "\"o3\":{\"value\":2,\"modifiedAt\":\"2026-11-23T09:08:00Z\"}")
        #expect(times(undated) == ["2026-11-23T09:08:00.000Z"])
    }

    @Test("takes a notification's time for entities that have none, and the receipt for the others")
    func notifiedAt() {
        let one = entity("WasteContainer", "\"fillingLevel\":0.4")
        #expect(times("{\"notifiedAt\":\"2026-11-23T09:00:00Z\",\"data\":[\(one)]}") == ["2026-11-23T09:00:00.000Z"])
        let message = decoding().decode("ngsi/x", one)
        #expect(message.readings.map(\.timeOrigin) == [.receipt])
    }

    @Test("refuses readings whose time is none, each counted")
    func badTimes() {
        let decoding = decoding()
        let message = decoding.decode(
            "ngsi/x",
            entity(
                "AirQualityObserved",
                "\"dateObserved\":\"noon\",\"pm10\":5,\"pm25\":4,\"no2\":{\"value\":3,\"observedAt\":\"2026-11-23T09:05:00Z\"}"
            ))
        #expect(decoding.shown(message) == ["7/no2=3"])
        #expect(message.reasons == [.badTime])
        #expect(message.rejections.first?.readingCount == 2)
        #expect(message.rejections.first?.detail.contains("`noon`") == true)
        let local = entity("AirQualityObserved", "\"dateObserved\":\"2026-07-01T12:00:00\",\"pm10\":5")
        #expect(times(local, withoutOffset: .local) == ["2026-07-01T10:00:00.000Z"])
        #expect(self.decoding(withoutOffset: .refused).decode("ngsi/x", local).reasons == [.badTime])
    }

    @Test("says once what is wrong with thousands of entities")
    func hostile() {
        for element in [
            "{}", "5", "{\"type\":\"X\"}", "{\"type\":\"WasteContainer\"}",
            entity("AirQualityObserved", "\"dateObserved\":5e300,\"pm10\":5"),
        ] {
            let payload = "[" + Array(repeating: element, count: 2000).joined(separator: ",") + "]"
            let message = decoding().decode("ngsi/x", payload)
            #expect(message.rejections.count == 1)
        }
    }
}
