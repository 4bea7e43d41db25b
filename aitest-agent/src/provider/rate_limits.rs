use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

use super::retry_after::seconds;

/// What remains of a limit, and when it begins anew.
const LIMITS: [(&str, &str); 7] = [
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
    ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
    ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
];

/// When the limits of a 429 begin anew: the latest of those that are used up, or, when the headers name none of them,
/// the earliest.
///
/// OpenAI writes `6m0s` (<https://platform.openai.com/docs/guides/rate-limits>), Anthropic a time of RFC 3339
/// (<https://platform.claude.com/docs/en/api/rate-limits>), OpenRouter the milliseconds since 1970.
pub(crate) fn pause(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let mut used_up = None;
    let mut earliest = None;
    for (remaining, reset) in LIMITS {
        let Some(pause) = text(reset).and_then(|value| until(value, now)) else { continue };
        if text(remaining) == Some("0") {
            used_up = used_up.max(Some(pause));
        }
        earliest = Some(earliest.map_or(pause, |earliest: Duration| earliest.min(pause)));
    }
    used_up.or(earliest)
}

fn until(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(number) = value.parse::<u64>() {
        let since_1970 = match number {
            100_000_000_000.. => Duration::from_millis(number),
            1_000_000_000.. => Duration::from_secs(number),
            _ => return Some(Duration::from_secs(number)),
        };
        return from(since_1970, now);
    }
    duration(value).or_else(|| from(rfc3339(value)?, now))
}

fn from(since_1970: Duration, now: SystemTime) -> Option<Duration> {
    let time = SystemTime::UNIX_EPOCH.checked_add(since_1970)?;
    Some(time.duration_since(now).unwrap_or(Duration::ZERO))
}

/// `120ms`, `1.5s`, `6m0s`, `1h2m3s`, `7.66`.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut sum = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let scale = match unit {
            "" | "s" => 1.0,
            "ms" => 0.001,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        let part = seconds(number)?.as_secs_f64() * scale;
        sum = sum.checked_add(Duration::try_from_secs_f64(part).ok()?)?;
        rest = after;
    }
    (!text.is_empty()).then_some(sum)
}

/// `2026-11-24T03:31:18Z`, with any offset, since 1970. Parts of seconds are left out.
fn rfc3339(text: &str) -> Option<Duration> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if !marks.iter().all(|(at, mark)| text.as_bytes().get(*at) == Some(mark)) {
        return None;
    }
    let days = days_since_1970(number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let time = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    let zone = text.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let offset = match zone.split_at_checked(1) {
        Some(("Z", "")) => 0,
        Some((sign @ ("+" | "-"), offset)) => {
            let (hours, minutes) = offset.split_once(':')?;
            let offset = hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60;
            if sign == "+" { offset } else { -offset }
        }
        _ => return None,
    };
    Some(Duration::from_secs(u64::try_from(days * 86_400 + time - offset).ok()?))
}

/// Howard Hinnant's `days_from_civil`: <https://howardhinnant.github.io/date_algorithms.html>.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-24T03:31:18Z.
    const NOW: u64 = 1_795_491_078;

    fn read(fields: &[(&'static str, &str)]) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(*name, value.parse().unwrap());
        }
        pause(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
    }

    #[test]
    fn openais_durations() {
        for (value, milliseconds) in
            [("120ms", 120), ("1s", 1000), ("6m0s", 360_000), ("1h2m3.5s", 3_723_500), ("7.66s", 7660), ("0.25", 250)]
        {
            assert_eq!(
                read(&[("x-ratelimit-reset-tokens", value)]),
                Some(Duration::from_millis(milliseconds)),
                "{value}"
            );
        }
    }

    #[test]
    fn anthropics_times() {
        for (value, seconds) in [
            ("2026-11-24T03:31:48Z", 30),
            ("2026-11-24T03:31:48.75Z", 30),
            ("2026-11-24T04:31:48+01:00", 30),
            ("2026-11-23T22:31:48-05:00", 30),
            ("2026-11-24T03:00:00Z", 0),
            ("2028-03-01T03:31:18Z", 463 * 86_400),
        ] {
            assert_eq!(
                read(&[("anthropic-ratelimit-tokens-reset", value)]),
                Some(Duration::from_secs(seconds)),
                "{value}"
            );
        }
    }

    #[test]
    fn numbers_are_seconds_or_times() {
        for (value, seconds) in [("30", 30), ("1795491108", 30), ("1795491108000", 30)] {
            assert_eq!(read(&[("x-ratelimit-reset", value)]), Some(Duration::from_secs(seconds)), "{value}");
        }
    }

    #[test]
    fn the_limit_that_is_used_up_counts() {
        let requests = ("x-ratelimit-reset-requests", "8h0m0s");
        let tokens = ("x-ratelimit-reset-tokens", "3s");
        assert_eq!(read(&[requests, tokens]), Some(Duration::from_secs(3)), "none is named");
        let none_left = ("x-ratelimit-remaining-requests", "0");
        assert_eq!(read(&[requests, tokens, none_left]), Some(Duration::from_secs(8 * 3600)));
    }

    #[test]
    fn what_cannot_be_read_is_no_pause() {
        for value in
            ["", "soon", "-1", "1x", "s", "1e300s", "2026-11-24", "2026-11-24T03:31:48", "2026-11-24T03:31:48+1"]
        {
            assert_eq!(read(&[("x-ratelimit-reset-requests", value)]), None, "{value}");
        }
    }
}
