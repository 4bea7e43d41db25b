use serde_json::json;

use crate::provider::ReasoningEffort;
use crate::provider::body::Body;

/// How a model is told how much to think.
///
/// From Claude 4.6 on it decides by itself, and is told an effort
/// (<https://platform.claude.com/docs/en/build-with-claude/effort>); before, it has a budget of tokens
/// (<https://platform.claude.com/docs/en/build-with-claude/extended-thinking>). Each refuses the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thinking {
    Off,
    Effort(&'static str),
    Budget(u32),
}

/// The least that a model may be given.
const LEAST: u32 = 1024;

impl Thinking {
    pub(super) fn of(model: &str, effort: ReasoningEffort) -> Self {
        let budgets = version(model).is_some_and(|version| version < (4, 6));
        match effort {
            ReasoningEffort::Off => Thinking::Off,
            ReasoningEffort::Minimal if !budgets => Thinking::Effort("low"),
            effort if !budgets => Thinking::Effort(effort.word()),
            ReasoningEffort::Minimal => Thinking::Budget(LEAST),
            ReasoningEffort::Low => Thinking::Budget(2048),
            ReasoningEffort::Medium => Thinking::Budget(8192),
            ReasoningEffort::High => Thinking::Budget(16_000),
            ReasoningEffort::XHigh | ReasoningEffort::Max => Thinking::Budget(24_000),
        }
    }

    /// `limit` is the answer's, of which a budget is a part.
    pub(super) fn set(self, body: &mut Body, limit: u32) -> serde_json::Result<()> {
        match self {
            Thinking::Off => body.set("thinking", &json!({ "type": "disabled" })),
            Thinking::Effort(effort) => {
                body.set("thinking", &json!({ "type": "adaptive" }))?;
                body.set("output_config", &json!({ "effort": effort }))
            }
            Thinking::Budget(tokens) => {
                let tokens = tokens.min(limit.saturating_sub(1)).max(LEAST);
                body.set("thinking", &json!({ "type": "enabled", "budget_tokens": tokens }))
            }
        }
    }
}

/// `claude-sonnet-4-5-20250929` is of 4.5, `claude-opus-4-20250514` of 4.0. A date is no version.
fn version(model: &str) -> Option<(u32, u32)> {
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() <= 2);
    let mut parts = model.split(['-', '.', '@', ':']).skip_while(|part| number(part).is_none());
    let major = number(parts.next()?)?;
    Some((major, parts.next().and_then(number).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_generation_is_told_in_its_way() {
        for (model, expected) in [
            ("claude-3-7-sonnet-20250219", Thinking::Budget(2048)),
            ("claude-opus-4-20250514", Thinking::Budget(2048)),
            ("claude-sonnet-4-5-20250929", Thinking::Budget(2048)),
            ("claude-haiku-4-5", Thinking::Budget(2048)),
            ("claude-opus-4-6", Thinking::Effort("low")),
            ("claude-opus-5", Thinking::Effort("low")),
            ("claude-fable-5-1", Thinking::Effort("low")),
            ("claude-mythos-preview", Thinking::Effort("low")),
        ] {
            assert_eq!(Thinking::of(model, ReasoningEffort::Low), expected, "{model}");
        }
        assert_eq!(Thinking::of("claude-opus-5", ReasoningEffort::Minimal), Thinking::Effort("low"));
        assert_eq!(Thinking::of("claude-opus-5", ReasoningEffort::Max), Thinking::Effort("max"));
        assert_eq!(Thinking::of("claude-opus-5", ReasoningEffort::Off), Thinking::Off);
    }

    #[test]
    fn a_budget_is_less_than_the_answers_limit() {
        let sent = |limit| {
            let mut body = Body::default();
            Thinking::Budget(16_000).set(&mut body, limit).unwrap();
            String::from_utf8(body.into_bytes().unwrap()).unwrap()
        };
        assert!(sent(32_000).contains(r#""budget_tokens":16000"#));
        assert!(sent(4000).contains(r#""budget_tokens":3999"#));
        assert!(sent(10).contains(r#""budget_tokens":1024"#));
    }
}
