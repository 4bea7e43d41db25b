//! What an answer says that is no reply, for messages.

use std::error::Error as StdError;

use reqwest::StatusCode;

use crate::text::start_of;

/// How much of an unexpected body is shown, in characters.
const SHOWN: usize = 200;

/// `429 Too Many Requests`, and the names of those that are not of the standard.
pub(crate) fn status_name(status: StatusCode) -> String {
    match status.as_u16() {
        498 => "498 Capacity Exceeded".to_owned(),
        529 => "529 Overloaded".to_owned(),
        code if status.canonical_reason().is_none() => code.to_string(),
        _ => status.to_string(),
    }
}

pub(crate) fn is_html(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(100)]).trim_start().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

pub(crate) fn shown(body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok("") => "(nothing)".to_owned(),
        Ok(text) => start_of(text.trim(), SHOWN),
        Err(_) => start_of(&String::from_utf8_lossy(body), SHOWN),
    }
}

/// The innermost cause: `Connection refused (os error 111)`.
pub(crate) fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn StdError = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
