use aitest_runtime::host::{Cost, TokenUsage};
use serde_json::Value;

/// Tokens in the meaning of OpenTelemetry: input with what was cached, output with what was thought. What was not
/// reported is `None`, and 0 is 0.
pub(super) fn usage(usage: &Value) -> Option<TokenUsage> {
    let first = |places: &[&str]| places.iter().find_map(|place| usage.pointer(place)?.as_u64());
    let mut tokens = TokenUsage::default();
    tokens.input_tokens = first(&["/prompt_tokens"]);
    tokens.output_tokens = first(&["/completion_tokens"]);
    tokens.cache_read_input_tokens = first(&[
        "/prompt_tokens_details/cached_tokens",
        // DeepSeek, <https://api-docs.deepseek.com/guides/kv_cache>.
        "/prompt_cache_hit_tokens",
        // Mistral.
        "/num_cached_tokens",
    ]);
    // OpenRouter.
    tokens.cache_creation_input_tokens = first(&["/prompt_tokens_details/cache_write_tokens"]);
    tokens.reasoning_output_tokens = first(&["/completion_tokens_details/reasoning_tokens"]);
    if let (Some(total), Some(input), Some(output), Some(reasoning)) =
        (first(&["/total_tokens"]), tokens.input_tokens, tokens.output_tokens, tokens.reasoning_output_tokens)
    {
        // xAI counts what was thought beside the completion.
        let beside =
            output.checked_add(reasoning).filter(|sum| reasoning > 0 && input.checked_add(*sum) == Some(total));
        tokens.output_tokens = beside.or(Some(output));
    }
    (tokens != TokenUsage::default()).then_some(tokens)
}

/// The dollars that OpenRouter charged: <https://openrouter.ai/docs/use-cases/usage-accounting>.
pub(super) fn cost(usage: &Value) -> Option<Cost> {
    Cost::from_usd(usage.get("cost")?.as_f64()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reasoning_beside_the_completion_is_added() {
        let of = |total: u64| {
            let details = json!({ "reasoning_tokens": 200 });
            let fields = json!({
                "prompt_tokens": 30, "completion_tokens": 10, "total_tokens": total, "completion_tokens_details": details,
            });
            usage(&fields).unwrap().output_tokens
        };
        assert_eq!(of(240), Some(210), "xAI");
        assert_eq!(of(40), Some(10), "OpenAI");
        let endless = json!({
            "prompt_tokens": u64::MAX, "completion_tokens": u64::MAX, "total_tokens": 1,
            "completion_tokens_details": { "reasoning_tokens": u64::MAX },
        });
        assert_eq!(usage(&endless).unwrap().output_tokens, Some(u64::MAX));
    }

    #[test]
    fn the_cache_in_every_dialect() {
        let cached = |fields: Value| usage(&fields).unwrap().cache_read_input_tokens;
        assert_eq!(cached(json!({ "prompt_tokens": 9, "prompt_tokens_details": { "cached_tokens": 4 } })), Some(4));
        assert_eq!(cached(json!({ "prompt_tokens": 9, "prompt_cache_hit_tokens": 5 })), Some(5));
        assert_eq!(cached(json!({ "prompt_tokens": 9, "num_cached_tokens": 6 })), Some(6));
        assert_eq!(cached(json!({ "prompt_tokens": 9, "prompt_tokens_details": null })), None);
    }
}
