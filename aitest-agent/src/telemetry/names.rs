use aitest_runtime::host::TokenUsage;
use tracing::Span;

use crate::provider::ProviderError;

/// The conventions' name of a provider; its own where they have none.
pub(super) fn provider(name: &str) -> &str {
    match name {
        "azure" => "azure.ai.openai",
        "gemini" => "gcp.gemini",
        "mistral" => "mistral_ai",
        "xai" => "x_ai",
        name => name,
    }
}

/// What `error.type` says of a request: the HTTP status, else what kind of failure it was.
pub(super) fn error_type(error: &ProviderError) -> String {
    error.status().map_or_else(|| error.kind().name().to_owned(), |status| status.to_string())
}

/// Marks the span as failed.
pub(super) fn failed(span: &Span, error_type: &str) {
    span.record("error.type", error_type);
    span.record("otel.status_code", "ERROR");
}

/// Tokens; what was not reported is left out.
pub(super) fn usage(span: &Span, usage: &TokenUsage) {
    for (name, count) in [
        ("gen_ai.usage.input_tokens", usage.input_tokens),
        ("gen_ai.usage.output_tokens", usage.output_tokens),
        ("gen_ai.usage.cache_read.input_tokens", usage.cache_read_input_tokens),
        ("gen_ai.usage.cache_creation.input_tokens", usage.cache_creation_input_tokens),
        ("gen_ai.usage.reasoning.output_tokens", usage.reasoning_output_tokens),
    ] {
        if let Some(count) = count {
            span.record(name, count);
        }
    }
}

/// Fields of `tracing` are no lists: the list as JSON.
pub(super) fn finish_reasons(span: &Span, reason: Option<&str>) {
    if let Some(reason) = reason {
        span.record("gen_ai.response.finish_reasons", serde_json::json!([reason]).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_called_as_the_conventions_call_them() {
        let facts = include_str!("../../../tests/formats/genai-spans-1.41.1.txt");
        let known: Vec<&str> =
            facts.lines().filter_map(|line| line.strip_prefix("value gen_ai.provider.name ")).collect();
        for name in ["openai", "azure", "anthropic", "gemini", "groq", "mistral", "deepseek", "xai"] {
            assert!(known.contains(&provider(name)), "{name}");
        }
        for without in ["ollama", "openrouter", "github", "compatible"] {
            assert_eq!(provider(without), without);
        }
    }
}
