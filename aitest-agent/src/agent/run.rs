use std::sync::Arc;

use futures_util::future::{Either, select};
use tokio::time::Instant;

use super::conversation::Conversation;
use super::recording::Recording;
use super::toolbox::Toolbox;
use super::{Agent, AgentError, AgentResult, StopReason};
use crate::clock::RunClock;
use crate::provider::Model;

/// Runs `agent` on `prompt`: start the servers, talk, stop the servers.
pub(crate) async fn run(mut agent: Agent, prompt: String) -> Result<AgentResult, AgentError> {
    let started = Instant::now();
    let (model, toolbox) = match prepare(&agent).await {
        Ok(prepared) => prepared,
        Err(error) => return Recording::begin(&agent, &prompt, Vec::new()).finish(Err(error), started.elapsed()),
    };
    agent.system_prompt = toolbox.system_prompt(agent.system_prompt);
    let mut recording = Recording::begin(&agent, &prompt, toolbox.specs());
    let end = talk(&agent, &*model, &toolbox, prompt, &mut recording).await;
    recording.notes(toolbox.notes());
    toolbox.shutdown().await;
    recording.finish(end, started.elapsed())
}

async fn prepare(agent: &Agent) -> Result<(Arc<dyn Model>, Toolbox), AgentError> {
    if tokio::runtime::Handle::try_current().is_err() {
        return Err(AgentError::NoRuntime);
    }
    let model = agent.provider.connect()?;
    let toolbox = Toolbox::start(&agent.servers, agent.allowed_tools.clone()).await?;
    Ok((model, toolbox))
}

/// The conversation, within the agent's time limit. `None` is an answer.
async fn talk(
    agent: &Agent,
    model: &dyn Model,
    toolbox: &Toolbox,
    prompt: String,
    recording: &mut Recording,
) -> Result<Option<StopReason>, AgentError> {
    let clock = RunClock::start();
    let conversation = Conversation { agent, model, toolbox, clock: &clock };
    let talk = std::pin::pin!(conversation.hold(prompt, recording));
    let Some(limit) = agent.timeout else {
        return talk.await;
    };
    match select(talk, std::pin::pin!(clock.limit(limit))).await {
        Either::Left((end, _)) => end,
        Either::Right(((), _)) => Ok(Some(StopReason::TimeLimit { limit })),
    }
}
