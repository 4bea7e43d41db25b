use futures_util::future::{Either, select};
use tokio::time::Instant;

use super::clarification::Judge;
use super::conversation::Conversation;
use super::recording::{Opening, Recording, RunEvent};
use super::servers::Servers;
use super::session::Conversation as Session;
use super::toolbox::Toolbox;
use super::{Agent, AgentError, AgentResult, RunRequest, StopReason};
use crate::clock::RunClock;
use crate::provider::{ChatRequest, Connected, Message};
use crate::telemetry;

/// Runs the agent on its prompt: start the servers, talk, stop the servers. In a session the servers are the session's.
pub(crate) async fn run(request: RunRequest) -> Result<AgentResult, AgentError> {
    let agent = request.agent.clone();
    telemetry::invoke_agent(&agent, work(request)).await
}

async fn work(request: RunRequest) -> Result<AgentResult, AgentError> {
    let started = Instant::now();
    let RunRequest { agent, prompt, prompt_name, messages, session } = request;
    if tokio::runtime::Handle::try_current().is_err() {
        return begin_failed(&agent, &prompt, AgentError::NoRuntime);
    }
    let Prepared { model, judge, servers } = match prepare(&agent, session.as_deref()).await {
        Ok(prepared) => prepared,
        Err(error) => return begin_failed(&agent, &prompt, error),
    };
    let history = messages.or_else(|| Some(session.as_ref()?.messages())).unwrap_or_default();
    let toolbox = servers.toolbox();
    let system = toolbox.system_prompt(agent.instructions());
    let system = system.as_deref();
    let opening = Opening { agent: &agent, system, prompt: &prompt, context: history.len() };
    let mut recording = Recording::begin(opening, Some(toolbox));
    let mut chat = ChatRequest {
        messages: first_messages(system, history, prompt.clone()),
        tools: toolbox.definitions(),
        options: agent.provider.request_options().clone(),
    };
    let mut end = Talk { agent: &agent, model: &model, toolbox }.hold(&mut chat, &mut recording).await;
    let answered = Instant::now();
    if let Some(judge) = &judge
        && let Ok(None) = end
    {
        end = judge.look_at(&prompt, &mut recording).await;
    }
    let judged = answered.elapsed();
    recording.take(RunEvent::Told(toolbox.notes()));
    let result = recording.finish(end);
    servers.release().await;
    let mut result = result?;
    chat.messages.drain(..usize::from(system.is_some()));
    if let Some(session) = &session {
        session.go_on_from(chat.messages.clone());
    }
    (result.messages, result.prompt_name, result.duration) =
        (chat.messages, prompt_name, started.elapsed().saturating_sub(judged));
    Ok(result)
}

/// The record of a run that could not begin.
fn begin_failed(agent: &Agent, prompt: &str, error: AgentError) -> Result<AgentResult, AgentError> {
    let system = agent.instructions();
    let opening = Opening { agent, system: system.as_deref(), prompt, context: 0 };
    Recording::begin(opening, None).finish(Err(error))
}

/// What a run needs before the first request.
struct Prepared<'s> {
    model: Connected,
    judge: Option<Judge>,
    servers: Servers<'s>,
}

async fn prepare<'s>(agent: &Agent, session: Option<&'s Session>) -> Result<Prepared<'s>, AgentError> {
    let model = agent.provider.connect()?;
    let judge = agent.clarification.as_ref().map(Judge::connect).transpose()?;
    let servers = match session {
        Some(session) => session.servers.start(agent).await?,
        None => Servers::start(agent).await?,
    };
    Ok(Prepared { model, judge, servers })
}

fn first_messages(system: Option<&str>, history: Vec<Message>, prompt: String) -> Vec<Message> {
    let system = system.map(|text| Message::System(text.to_owned()));
    system.into_iter().chain(history).chain([Message::User(prompt)]).collect()
}

/// Who talks with which tools.
struct Talk<'a> {
    agent: &'a Agent,
    model: &'a Connected,
    toolbox: &'a Toolbox,
}

impl Talk<'_> {
    /// The conversation, within the agent's time limit. `None` is an answer.
    async fn hold(
        &self,
        request: &mut ChatRequest,
        recording: &mut Recording<'_>,
    ) -> Result<Option<StopReason>, AgentError> {
        let clock = RunClock::start();
        let Talk { agent, model, toolbox } = *self;
        let conversation = Conversation { agent, model, toolbox, clock: &clock };
        let talk = std::pin::pin!(conversation.hold(request, recording));
        let Some(limit) = agent.timeout else {
            return talk.await;
        };
        match select(talk, std::pin::pin!(clock.limit(limit))).await {
            Either::Left((end, _)) => end,
            Either::Right(((), _)) => Ok(Some(StopReason::TimeLimit { limit })),
        }
    }
}
