//! Every provider against a server that answers in the shape that the provider documents: an exchange with parallel
//! calls, its usage, an image in a result, and three errors.

mod anthropic;
mod azure;
mod deepseek;
mod gemini;
mod github;
mod groq;
mod image;
mod matrix;
mod mistral;
mod ollama;
mod openai;
mod openrouter;
mod options;
mod xai;

use std::time::Duration;

use aitest_agent::{Provider, ProviderErrorKind};
use serde_json::Value;

/// A provider, as its documentation shows it.
pub(crate) struct Fixture {
    /// `provider/model`.
    pub(crate) name: &'static str,
    /// The path of a request, behind the server's address.
    pub(crate) path: &'static str,
    /// What stands before the key in a request's head; `None` when no key is sent.
    pub(crate) key: Option<&'static str>,
    /// Calls `a` with `{"x": 1}` and `b` beside each other.
    pub(crate) calls: &'static str,
    /// Says `done`.
    pub(crate) answer: &'static str,
    /// Input, output, cache read, cache written and reasoning tokens of both replies.
    pub(crate) usage: [Option<u64>; 5],
    /// What the second request must hold.
    pub(crate) second: fn(&Value),
    pub(crate) errors: [Failure; 3],
}

/// An answer that is an error.
pub(crate) struct Failure {
    pub(crate) status: &'static str,
    pub(crate) headers: &'static str,
    pub(crate) body: &'static str,
    pub(crate) kind: ProviderErrorKind,
    pub(crate) retry_after: Option<Duration>,
    /// How the message ends.
    pub(crate) message: &'static str,
}

/// The variable that the key of a test is read from: one that is always set.
pub(crate) const KEY: &str = "PATH";

impl Fixture {
    pub(crate) fn provider(&self, address: &str) -> Provider {
        let provider = Provider::new(self.name).via(format!("http://{address}"));
        if self.key.is_some() { provider.api_key_env(KEY) } else { provider }
    }
}

/// All of them.
pub(crate) fn all() -> [Fixture; 11] {
    [
        openai::fixture(),
        azure::fixture(),
        anthropic::fixture(),
        gemini::fixture(),
        ollama::fixture(),
        openrouter::fixture(),
        groq::fixture(),
        mistral::fixture(),
        deepseek::fixture(),
        xai::fixture(),
        github::fixture(),
    ]
}
