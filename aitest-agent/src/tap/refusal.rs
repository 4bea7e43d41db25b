use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::json;

use super::tee::Answer;
use crate::provider::ProviderError;

/// What the agent is told when its request is not forwarded, or gets no answer.
pub(super) struct Refusal {
    status: u16,
    message: String,
}

impl Refusal {
    pub(super) fn new(status: u16, message: String) -> Self {
        Refusal { status, message }
    }

    /// Because of `error`: with its status, or as a gateway says it.
    pub(super) fn of(error: &ProviderError) -> Self {
        let status = error.status().unwrap_or(if error.is_transient() { 502 } else { 403 });
        Refusal::new(status, error.to_string())
    }

    /// One body for all wires: each client finds its message in it.
    pub(super) fn response(self) -> Response<Answer> {
        let error = json!({
            "message": format!("aitest tap: {}", self.message),
            "type": "aitest_tap",
            "code": self.status,
            "status": "ABORTED",
        });
        let mut response = Response::new(Answer::of(json!({ "type": "error", "error": error }).to_string()));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_GATEWAY);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}
