use std::borrow::Cow;

use crate::provider::body::Body;
use crate::provider::{ReasoningEffort, RequestOptions};

/// Where a server differs from OpenAI.
pub(crate) struct Dialect {
    /// The field that limits an answer's tokens. OpenAI has deprecated `max_tokens`, which is all that others know.
    token_limit: &'static str,
    seed: &'static str,
    effort: Effort,
    pub(crate) images: Images,
    /// Mistral takes ids of nine letters and digits alone.
    short_call_ids: bool,
    /// The fields of its own messages that a server takes back; `None` is all.
    pub(crate) taken_back: Option<&'static [&'static str]>,
}

/// How a server is told how much to think.
enum Effort {
    /// `"reasoning_effort": "low"`.
    Field,
    /// `"reasoning": {"effort": "low"}`.
    Object,
    /// `"reasoning_effort": "low"`, and `"thinking": {"type": "disabled"}` for none.
    Switch,
}

/// Where the images of a tool's result stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Images {
    /// In a user's message behind the results: a tool's message holds text alone.
    Behind,
    /// In the tool's message: a user's message may not follow it.
    Within,
    /// Nowhere, unless the user asks for them; then behind.
    Unseen,
}

pub(crate) const OPENAI: Dialect = Dialect {
    token_limit: "max_completion_tokens",
    seed: "seed",
    effort: Effort::Field,
    images: Images::Behind,
    short_call_ids: false,
    taken_back: None,
};

pub(crate) const COMPATIBLE: Dialect = Dialect { token_limit: "max_tokens", ..OPENAI };

/// <https://openrouter.ai/docs/use-cases/reasoning-tokens>.
pub(crate) const OPENROUTER: Dialect = Dialect { effort: Effort::Object, ..COMPATIBLE };

/// <https://console.groq.com/docs/api-reference>. What its compound models add to a message is refused in a request.
pub(crate) const GROQ: Dialect =
    Dialect { taken_back: Some(&["role", "content", "name", "reasoning", "tool_calls"]), ..OPENAI };

/// <https://docs.mistral.ai/api/>.
pub(crate) const MISTRAL: Dialect =
    Dialect { seed: "random_seed", images: Images::Within, short_call_ids: true, ..COMPATIBLE };

/// <https://api-docs.deepseek.com/guides/thinking_mode>. `reasoning_content` must come back when tools are offered:
/// messages go back verbatim, so it does.
pub(crate) const DEEPSEEK: Dialect = Dialect { effort: Effort::Switch, images: Images::Unseen, ..COMPATIBLE };

/// <https://docs.github.com/en/rest/models/inference>. OpenAI's newer models refuse `max_tokens` there too.
pub(crate) const GITHUB: Dialect = COMPATIBLE;

impl Dialect {
    pub(super) fn set_options(&self, body: &mut Body, model: &str, options: &RequestOptions) -> serde_json::Result<()> {
        body.set_some("temperature", options.temperature)?;
        body.set_some("top_p", options.top_p)?;
        body.set_some(self.token_limit(model), options.max_tokens)?;
        body.set_some(self.seed, options.seed_31_bits())?;
        match options.reasoning_effort {
            None => Ok(()),
            Some(effort) => self.effort.set(body, effort),
        }
    }

    /// Routers name the publisher before the model.
    fn token_limit(&self, model: &str) -> &'static str {
        match model.strip_prefix("openai/") {
            Some(name) if name.starts_with("gpt-5") || name.starts_with('o') => OPENAI.token_limit,
            _ => self.token_limit,
        }
    }

    /// `id` as the server takes it: the same for the same id.
    pub(super) fn call_id<'a>(&self, id: &'a str) -> Cow<'a, str> {
        let fits = id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match self.short_call_ids && !fits {
            true => Cow::Owned(nine_characters(id)),
            false => Cow::Borrowed(id),
        }
    }
}

impl Effort {
    fn set(&self, body: &mut Body, effort: ReasoningEffort) -> serde_json::Result<()> {
        match self {
            Effort::Object => body.set("reasoning", &serde_json::json!({ "effort": effort.word() })),
            Effort::Switch if effort == ReasoningEffort::Off => {
                body.set("thinking", &serde_json::json!({ "type": "disabled" }))
            }
            Effort::Field | Effort::Switch => body.set("reasoning_effort", effort.word()),
        }
    }
}

/// FNV-1a of `id`, in base 36.
fn nine_characters(id: &str) -> String {
    let hash = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let digit = |place: u32| char::from_digit((hash / 36_u64.pow(place) % 36) as u32, 36).unwrap_or('0');
    (0..9).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistral_takes_ids_of_nine_characters() {
        assert_eq!(MISTRAL.call_id("Ab3dE6gH9"), "Ab3dE6gH9");
        for id in ["call_0", "toolu_01A09q90qw90lq917835lq9", "", "é"] {
            let short = MISTRAL.call_id(id);
            assert!(short.len() == 9 && short.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}: {short}");
            assert_eq!(short, MISTRAL.call_id(id));
        }
        assert_ne!(MISTRAL.call_id("call_0"), MISTRAL.call_id("call_1"));
        assert_eq!(OPENAI.call_id("call_0"), "call_0");
    }
}
