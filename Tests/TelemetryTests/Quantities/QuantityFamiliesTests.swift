import Telemetry
import Testing

@Suite("Quantity families")
struct QuantityFamiliesTests {
    @Test(
        "tell which total counts a part",
        arguments: [
            ("car_count", "vehicle_count", true), ("vehicle_count", "car_count", false),
            ("car_count_left", "car_count", true), ("car_count", "car_count_left", false),
            ("car_count_left", "vehicle_count", true), ("car_count_left", "vehicle_count_left", true),
            ("car_count_left", "vehicle_count_right", false), ("pedestrian_count", "vehicle_count", false),
            ("car_intensity", "vehicle_count", true), ("car_count_left", "car_intensity", true),
            ("pedestrian_count_left", "pedestrian_count_towards", true), ("car_count_left", "car_count_right", false),
            ("temperature", "vehicle_count", false), ("pm2_5", "pm2_5", true),
            ("lid_openings", "lid_opening_count", true), ("lid_openings", "vehicle_count", false),
        ])
    func builtIn(part: String, total: String, isIncluded: Bool) {
        #expect(QuantityFamilies().includes(part, in: total) == isIncluded)
    }

    @Test("know the configuration's, over several steps, and do not run in circles")
    func configured() {
        let families = QuantityFamilies(totals: ["a": "b", "b": "c", "x": "y", "y": "x"])
        #expect(families.includes("a", in: "c") && families.includes("b", in: "c"))
        #expect(!families.includes("c", in: "a"))
        #expect(families.includes("x", in: "y") && !families.includes("x", in: "z"))
    }
}
