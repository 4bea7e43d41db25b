use reqwest::StatusCode;
use serde_json::Value;

use super::ProviderErrorKind as Kind;
use crate::text::start_of;

/// What an error body says, in the shapes that providers use.
///
/// | Provider | Shape |
/// | --- | --- |
/// | OpenAI and most others | `{"error":{"message","type","code"}}` |
/// | Anthropic | `{"type":"error","error":{"type","message"}}` |
/// | Gemini | `{"error":{"code","message","status","details":[…]}}`, in a list or not |
/// | Mistral | `{"message","type","code"}`, `{"detail":[{"msg"}]}` |
/// | xAI | `{"code","error":"…"}` |
/// | OpenRouter | `{"error":{"code","message","metadata"}}`, also inside a choice |
#[derive(Default)]
pub(crate) struct Details {
    error: Value,
    message: Option<String>,
    /// All words that name the error.
    codes: Vec<String>,
}

impl Details {
    pub(crate) fn of(body: &[u8]) -> Self {
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return Details::default() };
        let body = body.get(0).unwrap_or(&body);
        let in_choice = body.pointer("/choices/0/error");
        let error = [body.get("error"), in_choice].into_iter().flatten().find(|error| !error.is_null());
        let error = error.unwrap_or(body);
        let mut codes = Vec::new();
        for place in [error, body] {
            codes.extend(["code", "type", "status"].iter().filter_map(|key| word(place.get(key)?)));
        }
        for detail in error.get("details").and_then(Value::as_array).into_iter().flatten() {
            codes.extend(detail.get("reason").and_then(word));
            let violations = detail.get("violations").and_then(Value::as_array).into_iter().flatten();
            codes.extend(violations.filter_map(|violation| word(violation.get("quotaId")?)));
        }
        Details { message: message(error).map(|text| start_of(&text, 1000)), codes, error: error.clone() }
    }

    /// What the provider said.
    pub(crate) fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// A field of the error.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.error.get(field)?.as_str()
    }

    /// Whether one of its codes is `code`.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.codes.iter().any(|known| known == code)
    }

    /// The status that the body names.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        let code = self.codes.iter().find_map(|code| code.parse::<u16>().ok());
        code.and_then(|code| StatusCode::from_u16(code).ok()).or_else(|| match () {
            () if self.is("overloaded_error") => StatusCode::from_u16(529).ok(),
            () if self.is("rate_limit_error") => Some(StatusCode::TOO_MANY_REQUESTS),
            () if self.is("authentication_error") => Some(StatusCode::UNAUTHORIZED),
            () => None,
        })
    }

    pub(crate) fn kind(&self, status: StatusCode) -> Kind {
        let said = self.message().unwrap_or_default().to_ascii_lowercase();
        let names = |words: &[&str]| words.iter().any(|word| self.is(word));
        let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
        let client = status.is_client_error();
        match status.as_u16() {
            402 => Kind::QuotaExceeded,
            _ if names(OUT_OF_CREDIT) || client && says(SAYS_OUT_OF_CREDIT) || self.is_daily_quota() => {
                Kind::QuotaExceeded
            }
            _ if client && (names(FILTERED) || says(SAYS_FILTERED) || self.is_moderated()) => Kind::ContentFilter,
            401 | 403 => Kind::Authentication,
            400 if names(&["API_KEY_INVALID"]) || says(SAYS_WRONG_KEY) => Kind::Authentication,
            404 => Kind::NotFound,
            408 => Kind::TimedOut,
            429 | 498 => Kind::RateLimited,
            400..=499 if names(UNKNOWN_MODEL) || says(SAYS_UNKNOWN_MODEL) => Kind::NotFound,
            400..=499 if names(TOO_LONG) || says(SAYS_TOO_LONG) => Kind::ContextLength,
            400..=499 if self.codes.iter().any(|code| code.starts_with("unsupported_")) || says(SAYS_UNSUPPORTED) => {
                Kind::UnsupportedParameter
            }
            500.. => Kind::Server,
            _ => Kind::InvalidRequest,
        }
    }

    /// Gemini names the quota that is used up; one that counts a day is not there again in seconds.
    fn is_daily_quota(&self) -> bool {
        self.codes.iter().any(|code| code.contains("PerDay"))
    }

    /// OpenRouter gives the reasons of its moderation.
    fn is_moderated(&self) -> bool {
        self.error.pointer("/metadata/reasons").is_some()
    }
}

const OUT_OF_CREDIT: &[&str] = &["insufficient_quota", "billing_error", "billing_hard_limit_reached"];
const SAYS_OUT_OF_CREDIT: &[&str] =
    &["credit balance is too low", "specified api usage limits", "used all available credits", "run out of credits"];
const FILTERED: &[&str] = &["content_filter", "content_policy_violation"];
const SAYS_FILTERED: &[&str] = &["violates usage guidelines"];
const SAYS_WRONG_KEY: &[&str] = &["incorrect api key", "api key not valid"];
const UNKNOWN_MODEL: &[&str] = &["model_not_found", "invalid_model", "unknown_model", "DeploymentNotFound"];
const SAYS_UNKNOWN_MODEL: &[&str] = &["model not exist", "is not a valid model id", "invalid model:"];
const TOO_LONG: &[&str] = &["context_length_exceeded", "exceed_context_size_error", "request_too_large"];
const SAYS_TOO_LONG: &[&str] = &[
    "maximum context length",
    "maximum prompt length",
    "prompt is too long",
    "exceeds the maximum number of tokens",
    "available context size",
];
const SAYS_UNSUPPORTED: &[&str] = &["unsupported parameter", "does not support tools", "does not support thinking"];

fn message(error: &Value) -> Option<String> {
    if let Some(text) = error.as_str() {
        return Some(text.to_owned());
    }
    let said = ["message", "detail", "error"].iter().find_map(|key| error.get(key))?;
    let text = match said {
        Value::String(text) => text.clone(),
        Value::Array(problems) => problems.iter().filter_map(problem).collect::<Vec<_>>().join("; "),
        Value::Object(_) => {
            said.pointer("/detail")?.as_array()?.iter().filter_map(problem).collect::<Vec<_>>().join("; ")
        }
        _ => return None,
    };
    // OpenRouter's own message is "Provider returned error"; the provider's stands beside it.
    match error.pointer("/metadata/raw").and_then(Value::as_str) {
        Some(raw) if !raw.is_empty() => Some(format!("{text}: {raw}")),
        _ => Some(text),
    }
}

/// One field that Mistral refuses: `body.messages: Input should be …`.
fn problem(problem: &Value) -> Option<String> {
    let said = problem.get("msg")?.as_str()?;
    let place = problem.get("loc").and_then(Value::as_array).into_iter().flatten().filter_map(word);
    match place.collect::<Vec<_>>().join(".") {
        place if place.is_empty() => Some(said.to_owned()),
        place => Some(format!("{place}: {said}")),
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(word) => Some(word.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
