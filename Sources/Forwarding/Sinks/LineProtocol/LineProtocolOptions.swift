public import HTTP

/// Where lines go, and how.
public struct LineProtocolOptions: Sendable {
    /// Where the server takes lines: `https://HOST/write?db=DATABASE` (InfluxDB 1),
    /// `https://HOST/api/v2/write?org=ORGANISATION&bucket=BUCKET` (InfluxDB 2 and 3), `http://HOST:8428/write` (VictoriaMetrics;
    /// its cluster: `http://HOST:8480/insert/0/influx/write`), `http://HOST:9000/write` (QuestDB),
    /// `http://HOST:8086/telegraf?precision=ns` (Telegraf's `http_listener_v2`, which counts in nanoseconds whatever it is told).
    ///
    /// Times are counted in what `precision` says in it (`s`, `ms`, `u` or `us`, `ns`), which becomes `ms` where it says nothing.
    public var url: String
    public var authorization = HTTPAuthorization.none
    /// Whether lines are compressed with gzip, to about a tenth.
    public var isCompressed = true
    /// Of one request, from 1.
    public var mostRows = 1000
    /// Whether the server has once what is sent twice: InfluxDB does. VictoriaMetrics does with `-dedup.minScrapeInterval`,
    /// QuestDB in tables with `DEDUP UPSERT KEYS`.
    public var isIdempotent = true

    public var correction = Correction.replaces

    /// Where a correction lies, a window's second or later revision.
    public enum Correction: Sendable, Hashable {
        /// At the time of what it corrects, whose place it takes: InfluxDB, QuestDB with `DEDUP UPSERT KEYS`.
        case replaces
        /// Behind that: the first revision a millisecond after the window's start, the second two, up to a second. For
        /// VictoriaMetrics, which of samples of the same time shows any, the corrected one as often as not, and of different
        /// times the last; with `-dedup.minScrapeInterval=1s` it keeps the last alone. There is no room for it with
        /// `precision=s` in ``url``.
        case follows
    }

    public init(url: String) {
        self.url = url
    }
}
