import Glibc

/// The three forms of a date in a header. Source: RFC 9110, 5.6.7.
///
///     Sun, 06 Nov 1994 08:49:37 GMT
///     Sunday, 06-Nov-94 08:49:37 GMT
///     Sun Nov  6 08:49:37 1994
public enum HTTPDate {
    /// - Parameter now: tells what century a year of two digits belongs to; both in milliseconds since 1970.
    /// - Returns: nil where it is none of them, or no such date.
    public static func milliseconds(_ text: String, now: Int64) -> Int64? {
        let words = text.split { $0 == " " || $0 == "," }
        switch words.count {
        case 6 where isDayName(words[0], names: shortDays) && words[5] == "GMT":
            return moment(day: words[1], month: words[2], year: words[3], time: words[4], yearDigits: 4, now: now)
        case 4 where isDayName(words[0], names: longDays) && words[3] == "GMT":
            let date = words[1].split(separator: "-")
            guard date.count == 3 else { return nil }
            return moment(day: date[0], month: date[1], year: date[2], time: words[2], yearDigits: 2, now: now)
        case 5 where isDayName(words[0], names: shortDays):
            return moment(day: words[2], month: words[1], year: words[4], time: words[3], yearDigits: 4, now: now)
        default:
            return nil
        }
    }

    private static let shortDays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let longDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func isDayName(_ word: Substring, names: [String]) -> Bool { names.contains(String(word)) }

    private static func moment(
        day: Substring, month: Substring, year: Substring, time: Substring, yearDigits: Int, now: Int64
    ) -> Int64? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false)
        guard let day = number(day, digits: 1...2), let month = months.firstIndex(of: String(month)),
            let year = number(year, digits: yearDigits...yearDigits), clock.count == 3,
            let hour = number(clock[0], digits: 2...2), let minute = number(clock[1], digits: 2...2),
            let second = number(clock[2], digits: 2...2), hour < 24, minute < 60, second <= 60
        else { return nil }
        if yearDigits == 4 {
            return milliseconds(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        }
        // More than fifty years ahead is a year of the past.
        let century = thisYear(now) / 100 * 100
        for year in [century + 100 + year, century + year, century - 100 + year] where year <= thisYear(now) + 50 {
            return milliseconds(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        }
        return nil
    }

    private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }

    private static func milliseconds(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
    ) -> Int64? {
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(hour)
        parts.tm_min = Int32(minute)
        parts.tm_sec = Int32(min(second, 59))
        let seconds = timegm(&parts)
        // What is no date is carried on into the next month.
        guard parts.tm_mday == Int32(day), parts.tm_mon == Int32(month) else { return nil }
        return Int64(seconds) * 1000
    }

    private static func thisYear(_ now: Int64) -> Int {
        var seconds = time_t(now / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return Int(parts.tm_year) + 1900
    }
}
