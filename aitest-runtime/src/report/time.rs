use crate::record::Date;

/// `2026-11-01T09:30:00.250Z`: a time in milliseconds since 1970-01-01 UTC as RFC 3339.
pub(crate) fn rfc3339(ms: u64) -> String {
    let (year, month, day) = Date::of_ms(ms).parts();
    let ms = ms % 86_400_000;
    let (hour, minute) = (ms / 3_600_000, ms / 60_000 % 60);
    let (second, milli) = (ms / 1000 % 60, ms % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn known_times() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(rfc3339(4_107_542_399_999), "2100-02-28T23:59:59.999Z");
        assert_eq!(rfc3339(1_793_525_400_250), "2026-11-01T09:30:00.250Z");
    }

    #[test]
    fn the_greatest_time_does_not_overflow() {
        assert!(rfc3339(u64::MAX).ends_with('Z'));
    }
}
