use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

use super::rate_limits;

/// The pause that a failure asks for. The first of these that can be read:
///
/// - `retry-after-ms` (OpenAI, Azure);
/// - `Retry-After` in seconds or as an HTTP date (RFC 9110 §10.2.3); a date that is over is no pause;
/// - Google's `RetryInfo` in the body (Gemini);
/// - for 429, when the limits of the headers begin anew.
pub(crate) fn retry_after(status: StatusCode, headers: &HeaderMap, body: &[u8], now: SystemTime) -> Option<Duration> {
    let limits = || (status == StatusCode::TOO_MANY_REQUESTS).then(|| rate_limits::pause(headers, now)).flatten();
    milliseconds(headers).or_else(|| standard(headers, now)).or_else(|| retry_info(body)).or_else(limits)
}

fn milliseconds(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get("retry-after-ms")?.to_str().ok()?.trim().parse::<f64>().ok()?;
    Duration::try_from_secs_f64(value / 1000.0).ok()
}

fn standard(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    seconds(value).or_else(|| {
        let date = httpdate::parse_http_date(value).ok()?;
        Some(date.duration_since(now).unwrap_or(Duration::ZERO))
    })
}

/// Fractions are not of the RFC, but are sent.
pub(crate) fn seconds(value: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(value.parse::<f64>().ok()?).ok()
}

/// `{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.07s"}`:
/// <https://cloud.google.com/apis/design/errors#error_details>.
fn retry_info(body: &[u8]) -> Option<Duration> {
    let body = serde_json::from_slice::<Value>(body).ok()?;
    let details = body.get(0).unwrap_or(&body).pointer("/error/details")?.as_array()?;
    seconds(details.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?.strip_suffix('s')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &'static str, value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        // 1994-11-06T08:49:30Z, seven seconds before the RFC's example.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_770);
        retry_after(StatusCode::SERVICE_UNAVAILABLE, &headers, b"", now)
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
        let pause = retry_after(StatusCode::TOO_MANY_REQUESTS, &headers, b"", SystemTime::now());
        assert_eq!(pause, Some(Duration::from_millis(20)));
    }

    #[test]
    fn googles_retry_info() {
        let pause = |body: &str| {
            retry_after(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new(), body.as_bytes(), SystemTime::now())
        };
        let info = r#"{"error":{"details":[{"@type":"x"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}"#;
        assert_eq!(pause(info), Some(Duration::from_millis(34_500)));
        assert_eq!(pause(&format!("[{info}]")), Some(Duration::from_millis(34_500)));
        assert_eq!(pause(r#"{"error":{"details":[{"retryDelay":"soon"}]}}"#), None);
        assert_eq!(pause(r#"{"error":{"details":7}}"#), None);
    }

    #[test]
    fn limits_are_read_for_429_alone() {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-reset-tokens", "2s".parse().unwrap());
        let pause = |status| retry_after(status, &headers, b"", SystemTime::now());
        assert_eq!(pause(StatusCode::TOO_MANY_REQUESTS), Some(Duration::from_secs(2)));
        assert_eq!(pause(StatusCode::BAD_GATEWAY), None);
    }
}
