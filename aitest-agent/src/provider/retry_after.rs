use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// The pause that a reply asks for: `retry-after-ms` (OpenAI, Azure), else `Retry-After` in seconds or as an HTTP date
/// (RFC 9110 §10.2.3). A date that is over is no pause; a value that cannot be read is `None`.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    milliseconds(headers).or_else(|| {
        let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        seconds(value).or_else(|| {
            let date = httpdate::parse_http_date(value).ok()?;
            Some(date.duration_since(now).unwrap_or(Duration::ZERO))
        })
    })
}

fn milliseconds(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get("retry-after-ms")?.to_str().ok()?.trim().parse::<f64>().ok()?;
    Duration::try_from_secs_f64(value / 1000.0).ok()
}

/// Fractions are not of the RFC, but are sent.
fn seconds(value: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(value.parse::<f64>().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &'static str, value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        // 1994-11-06T08:49:30Z, seven seconds before the RFC's example.
        retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770))
    }

    #[test]
    fn reads_every_form() {
        assert_eq!(parse("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(parse("retry-after", "0.5"), Some(Duration::from_millis(500)));
        assert_eq!(parse("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(parse("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(7)));
        assert_eq!(parse("retry-after", "Sunday, 06-Nov-94 08:49:37 GMT"), Some(Duration::from_secs(7)));
        assert_eq!(parse("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn what_cannot_be_read_is_no_pause() {
        for value in ["", "soon", "-1", "NaN", "inf", "1e300", "06 Nov"] {
            assert_eq!(parse("retry-after", value), None, "{value}");
            assert_eq!(parse("retry-after-ms", value), None, "{value}");
        }
    }

    #[test]
    fn milliseconds_win() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", "7".parse().unwrap());
        headers.insert("retry-after-ms", "20".parse().unwrap());
        assert_eq!(retry_after(&headers, SystemTime::now()), Some(Duration::from_millis(20)));
    }
}
