use std::time::Duration;

use tracing::field::Empty;
use tracing::{Instrument, Span, info_span, warn};

use super::names::{error_type, failed, finish_reasons, provider, usage};
use crate::provider::{ChatReply, ChatRequest, Connected, ProviderError};

/// `live` in a span `chat MODEL`: one request with all its tries.
pub(crate) async fn chat(
    model: &Connected,
    request: &ChatRequest,
    live: impl Future<Output = Result<(ChatReply, Duration), ProviderError>>,
) -> Result<(ChatReply, Duration), ProviderError> {
    let span = begin(model, request);
    let replied = live.instrument(span.clone()).await;
    match &replied {
        Ok((reply, _)) => answered(&span, reply),
        Err(error) => failed(&span, &error_type(error)),
    }
    replied
}

/// A try failed and is followed by another.
pub(crate) fn retried(error: &ProviderError, pause: Duration) {
    let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
    warn!(target: "aitest", { error.type = error_type(error), pause_ms }, "the request is sent again");
}

fn begin(model: &Connected, request: &ChatRequest) -> Span {
    let asked = model.as_model();
    let span = info_span!(
        target: "aitest",
        "chat",
        otel.name = format!("chat {}", asked.model()),
        otel.kind = "client",
        otel.status_code = Empty,
        error.type = Empty,
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = provider(asked.provider()),
        gen_ai.request.model = asked.model(),
        gen_ai.request.temperature = request.options.temperature,
        gen_ai.request.top_p = request.options.top_p,
        gen_ai.request.max_tokens = request.options.max_tokens,
        gen_ai.request.seed = request.options.seed_31_bits(),
        server.address = Empty,
        server.port = Empty,
        gen_ai.response.model = Empty,
        gen_ai.response.finish_reasons = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.cache_read.input_tokens = Empty,
        gen_ai.usage.cache_creation.input_tokens = Empty,
        gen_ai.usage.reasoning.output_tokens = Empty,
    );
    if let Connected::Http(http) = model
        && let (Some(host), Some(port)) = http.server()
    {
        span.record("server.address", host);
        span.record("server.port", port);
    }
    span
}

fn answered(span: &Span, reply: &ChatReply) {
    if let Some(model) = &reply.served_model {
        span.record("gen_ai.response.model", model.as_str());
    }
    finish_reasons(span, reply.finish_reason.as_deref());
    usage(span, &reply.usage.unwrap_or_default());
}
