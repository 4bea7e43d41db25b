use aitest_runtime::host::{self, Iteration};
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use super::names::{error_type, failed, finish_reasons, provider, usage};
use crate::agent::{Agent, AgentError, AgentResult};

/// `live` in a span `invoke_agent AGENT`: a run from its prompt to its answer.
pub(crate) async fn invoke_agent(
    agent: &Agent,
    live: impl Future<Output = Result<AgentResult, AgentError>>,
) -> Result<AgentResult, AgentError> {
    let span = begin(agent);
    let result = live.instrument(span.clone()).await;
    match &result {
        Ok(result) => {
            finish_reasons(&span, result.turns.last().and_then(|turn| turn.finish_reason.as_deref()));
            usage(&span, &result.token_usage);
        }
        Err(AgentError::Provider(error) | AgentError::Judge { error }) => failed(&span, &error_type(error)),
        Err(AgentError::ToolServer { .. } | AgentError::UnknownAllowedTool { .. }) => failed(&span, "tool_server"),
        Err(_) => failed(&span, "_OTHER"),
    }
    result
}

fn begin(agent: &Agent) -> Span {
    let identity = agent.identity();
    let name = identity.label();
    let it = Iteration::current();
    info_span!(
        target: "aitest",
        "invoke_agent",
        otel.name = format!("invoke_agent {name}"),
        otel.kind = "internal",
        otel.status_code = Empty,
        error.type = Empty,
        gen_ai.operation.name = "invoke_agent",
        gen_ai.provider.name = provider(&identity.provider),
        gen_ai.agent.name = name,
        gen_ai.request.model = identity.model,
        gen_ai.response.finish_reasons = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.cache_read.input_tokens = Empty,
        gen_ai.usage.cache_creation.input_tokens = Empty,
        aitest.test = it.as_ref().map(host::test_name).as_deref(),
        aitest.iteration = it.as_ref().map(Iteration::index),
        aitest.attempt = it.as_ref().map(|it| it.key().attempt),
    )
}
