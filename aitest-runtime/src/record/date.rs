use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day of the Gregorian calendar, `2026-12-31`.
///
/// ```
/// use aitest_runtime::record::Date;
///
/// let date: Date = "2026-12-31".parse().unwrap();
/// assert_eq!(date.days_after(Date::of_ms(1_798_156_800_000)), 6); // 2026-12-25, in ms since 1970
/// assert!("2026-02-30".parse::<Date>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// From 0 to 9999.
    year: u16,
    /// From 1 to 12.
    month: u8,
    /// From 1.
    day: u8,
}

impl Date {
    /// The day; `None` where the calendar has none.
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 if is_leap => 29,
            2 => 28,
            _ => 31,
        };
        let exists = year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= days;
        if exists { Some(Date { year, month, day }) } else { None }
    }

    /// The day in UTC of a time in milliseconds since 1970-01-01.
    ///
    /// Years are counted from March, so that the leap day is a year's last (Richards, "Calendars", in the Explanatory
    /// Supplement to the Astronomical Almanac, 3rd edition, 2013).
    pub fn of_ms(ms: u64) -> Self {
        // 0000-03-01 lies 719,468 days before 1970-01-01; 400 years are 146,097 days.
        let days = ms / 86_400_000 + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        let small = |number: u64| u8::try_from(number).unwrap_or(u8::MAX);
        Date { year: u16::try_from(year).unwrap_or(u16::MAX), month: small(month), day: small(day) }
    }

    /// Days from `other` to this one; below 0 when it lies before.
    pub fn days_after(self, other: Date) -> i64 {
        self.number() - other.number()
    }

    /// Days since 0000-03-01.
    fn number(self) -> i64 {
        let (year, month, day) = (i64::from(self.year), i64::from(self.month), i64::from(self.day));
        let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day - 1
    }

    /// Year, month and day.
    pub(crate) fn parts(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
        let parts: Vec<&str> = text.split('-').filter(is_digits).collect();
        let date = match parts.as_slice() {
            [year, month, day] if [year.len(), month.len(), day.len()] == [4, 2, 2] => year
                .parse()
                .ok()
                .zip(month.parse().ok())
                .zip(day.parse().ok())
                .and_then(|((year, month), day)| Date::new(year, month, day)),
            _ => None,
        };
        date.ok_or_else(|| format!("`{text}` is no date; write one like 2026-12-31"))
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a test may fail for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFlaky {
    /// The reason, or a link to one.
    pub reason: String,
    /// The last day on which the test may fail.
    pub until: Date,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar() {
        for (text, days) in [("1970-01-01", 0), ("1970-03-01", 59), ("2000-02-29", 11_016), ("2026-12-31", 20_818)] {
            let date: Date = text.parse().unwrap();
            assert_eq!(date.to_string(), text);
            assert_eq!(date.days_after(Date::new(1970, 1, 1).unwrap()), days, "{text}");
            assert_eq!(Date::of_ms(days as u64 * 86_400_000 + 86_399_999), date);
        }
        for day in 0..40_000_u64 {
            let date = Date::of_ms(day * 86_400_000);
            assert_eq!(date.days_after(Date::new(1970, 1, 1).unwrap()), day as i64);
            assert_eq!(date.to_string().parse(), Ok(date));
        }
        let _ = Date::of_ms(u64::MAX);
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-1-1",
            "26-01-01",
            "31.12.2026",
            "",
            "2026-01-01T00:00",
            "1900-02-29",
            "2026--1-1",
            "2026-01-01-",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        assert!("2000-02-29".parse::<Date>().is_ok() && "2028-02-29".parse::<Date>().is_ok());
    }
}
