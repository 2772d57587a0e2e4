// swift-tools-version: 6.2
import PackageDescription

// Data walks one way: MQTT → Ingest → Decoding → Processing → Storage, wired by Gateway alone.
// A room depends on the vocabulary (Telemetry) and on the system library it owns, on no other room.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Two threads own what they change, which the language proves for most of it; the run-time check of the rest, on by
    // default, is for the debug build and the tests.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")

/// A room of the gateway: Swift 6, warnings are errors.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "poort",
    products: [
        .executable(name: "poort", targets: ["poort"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries: a module map and a shim each, imported by exactly one room.
        .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLinux"),
        // libcurl is loaded when it is needed, and not linked.
        .target(name: "CCurl"),
        // A layer under SQLite that ends each page with a checksum.
        .target(name: "CPageChecksums", dependencies: ["CSQLite"]),
        // Loaded when a partner wants them; nothing is linked.
        .target(name: "CPostgreSQL"),
        .target(name: "CKafka"),
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CTomlPlusPlus", linkerSettings: [.linkedLibrary("tomlplusplus")]),

        // The vocabulary, and what the rooms stand on.
        room("Telemetry"),
        room("Threading", ["CLinux"]),
        room("Secrets"),
        room("Privacy"),
        room("MQTT", ["CMosquitto", "Secrets"]),
        room("HTTP", ["CCurl", "Secrets"]),
        room("Compression", ["CZlib"]),

        // The rooms, in the order in which data walks through them.
        // Its module cannot be called Configuration: swift-configuration, which Hummingbird knows, has that name.
        .target(
            name: "GatewayConfiguration", dependencies: ["Telemetry", "CTomlPlusPlus"],
            path: "Sources/Configuration", swiftSettings: strict),
        room("Ingest", ["Telemetry", "Threading", "MQTT", logging]),
        room("Decoding", ["Telemetry", "Privacy", "CSimdjson"]),
        room("Processing", ["Telemetry"]),
        room("Storage", ["Telemetry", "CSQLite", "CPageChecksums"]),
        room(
            "Forwarding",
            ["Telemetry", "Threading", "MQTT", "HTTP", "Compression", "Secrets", "CPostgreSQL", "CKafka", logging]),
        room("Control", ["Telemetry", hummingbird, hummingbirdCore, lifecycle, logging, nioCore, nioPosix]),
        room(
            "Gateway",
            [
                "Telemetry", "Threading", "Secrets", "Privacy", "MQTT", "HTTP", "GatewayConfiguration", "Ingest",
                "Decoding",
                "Processing", "Storage", "Forwarding", "Control", lifecycle, unixSignals, logging,
            ]),

        // Beside the line: a street to try it on, and figures drawn in a terminal.
        room("Simulation", ["Telemetry"]),
        room("Charts", ["Telemetry"]),

        .executableTarget(
            name: "poort",
            dependencies: [
                "Telemetry", "Threading", "MQTT", "GatewayConfiguration", "Ingest", "Processing", "Storage",
                "Forwarding",
                "Control", "Gateway", "Simulation", "Charts",
                argumentParser, lifecycle, unixSignals, logging,
            ],
            swiftSettings: strict),

        // A disk under SQLite whose power can be cut.
        .target(name: "CPowerCuts", dependencies: ["CSQLite"], path: "Tests/PowerCuts"),
        room("TestKit", ["Telemetry", "Threading", "MQTT", "HTTP", "Secrets", "Simulation", "CPowerCuts"]),
        // What `make bench` compares, and what it is compared with.
        .executableTarget(
            name: "drain-benchmark", dependencies: ["Control", "MQTT", "Storage", "Telemetry", "TestKit"],
            path: "Tests/Benchmark/Drain", swiftSettings: strict),
        .executableTarget(
            name: "forwarding-benchmark",
            dependencies: ["Control", "MQTT", "Storage", "Telemetry", "TestKit", "Threading"],
            path: "Tests/Benchmark/Forwarding", swiftSettings: strict),
        .executableTarget(
            name: "bare-subscriber", path: "Tests/Benchmark/BareSubscriber",
            linkerSettings: [.linkedLibrary("mosquitto"), .linkedLibrary("sqlite3")]),
        // Counts what a thread allocates, by standing in for malloc(3) in the executable that it is linked into.
        .target(name: "CAllocations", path: "Tests/Benchmark/CAllocations"),
        .executableTarget(
            name: "decoding-benchmark",
            dependencies: [
                "CAllocations", "CSimdjson", "Decoding", "Gateway", "GatewayConfiguration", "Telemetry", "TestKit",
            ], path: "Tests/Benchmark/Decoding", swiftSettings: strict),
        .executableTarget(
            name: "processing-benchmark", dependencies: ["CAllocations", "CSQLite", "Processing", "Telemetry"],
            path: "Tests/Benchmark/Processing", swiftSettings: strict),
        .executableTarget(
            name: "line-protocol-benchmark", dependencies: ["CAllocations", "Forwarding", "HTTP", "Telemetry"],
            path: "Tests/Benchmark/LineProtocol", swiftSettings: strict),
        .executableTarget(
            name: "segment-benchmark", dependencies: ["Simulation", "Storage", "Telemetry", "TestKit"],
            path: "Tests/Benchmark/Segments", swiftSettings: strict),
        .executableTarget(
            name: "storage-benchmark",
            dependencies: [
                "CPageChecksums", "CSQLite", "Gateway", "GatewayConfiguration", "Processing", "Simulation", "Storage",
                "Telemetry", "TestKit", "Threading",
            ],
            path: "Tests/Benchmark/Storage", swiftSettings: strict),
        .executableTarget(
            name: "year-soak",
            dependencies: ["Gateway", "GatewayConfiguration", "Simulation", "Storage", "Telemetry", "TestKit"],
            path: "Tests/Benchmark/Year", swiftSettings: strict),
        .target(
            name: "FuzzTarget", dependencies: ["Decoding", "GatewayConfiguration", "Privacy", "Telemetry"],
            path: "Tests/Fuzz/Target", swiftSettings: strict),
        tests("TelemetryTests", ["Telemetry", "TestKit"]),
        tests("PrivacyTests", ["Privacy", "TestKit"]),
        tests("ChartsTests", ["Charts", "Telemetry", "TestKit"]),
        tests("ConfigurationTests", ["GatewayConfiguration", "Telemetry", "TestKit"]),
        tests("IngestTests", ["Ingest", "MQTT", "Secrets", "Threading", "TestKit", logging]),
        tests("HTTPTests", ["HTTP", "Compression", "Secrets", "Threading", "TestKit"]),
        tests("DecodingTests", ["Decoding", "Privacy", "Telemetry", "TestKit"]),
        tests("ProcessingTests", ["Processing", "Telemetry", "Threading", "TestKit"]),
        tests("StorageTests", ["Storage", "Simulation", "CSQLite", "CPageChecksums", "Telemetry", "TestKit"]),
        // A Kafka cluster in librdkafka, which is linked here alone.
        .target(name: "CKafkaMock", path: "Tests/KafkaMock", linkerSettings: [.linkedLibrary("rdkafka")]),
        tests(
            "ForwardingTests",
            [
                "Forwarding", "HTTP", "Compression", "MQTT", "Secrets", "Telemetry", "Threading", "TestKit",
                "CKafkaMock", "Gateway", "GatewayConfiguration", logging,
            ]),
        tests("ControlTests", ["Control", "Telemetry", "Threading", "TestKit", lifecycle, logging]),
        tests(
            "SimulationTests",
            [
                "Simulation", "poort", "Gateway", "GatewayConfiguration", "MQTT", "Processing", "Storage", "Telemetry",
                "TestKit",
            ]),
        tests(
            "GatewayTests",
            [
                "Gateway", "GatewayConfiguration", "Ingest", "Decoding", "Privacy", "Processing", "Storage", "CSQLite",
                "Telemetry",
                "MQTT", "TestKit", "FuzzTarget", logging,
            ]),
        tests(
            "SystemTests",
            [
                "poort", "Control", "GatewayConfiguration", "Telemetry", "Threading", "Storage", "CSQLite", "MQTT",
                "TestKit",
            ]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// `make fuzz`: its main function comes from libFuzzer, with a flag that everything it is made of is built with.
if Context.environment["POORT_FUZZER"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzzer", dependencies: ["FuzzTarget", "Telemetry"],
            path: "Tests/Fuzz/Fuzzer", swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
