use aitest_runtime::host::{self, Cost, TokenUsage};

use super::super::recording::{Recording, RunEvent};
use super::super::{AgentError, StopReason};
use super::verdict::{INSTRUCTIONS, question, read};
use super::{ClarificationDetection, Level};
use crate::clock::RunClock;
use crate::provider::{self, ChatRequest, Connected, Message, Provider, Tries};

/// The model that judges a run's answer, ready to be asked.
pub(crate) struct Judge {
    pub(crate) level: Level,
    /// `provider/model`.
    pub(crate) name: String,
    provider: Provider,
    model: Connected,
}

/// What the judge said, and what that took.
pub(crate) struct Judgement {
    pub(crate) asks: bool,
    pub(crate) usage: TokenUsage,
    pub(crate) cost: Option<Cost>,
}

impl Judge {
    /// # Errors
    /// No model is named, or it cannot be asked.
    pub(crate) fn connect(detection: &ClarificationDetection) -> Result<Self, AgentError> {
        let provider = match &detection.model {
            Some(provider) => provider.clone(),
            None => Provider::new(host::judge_model().ok_or(AgentError::NoJudge)?),
        };
        let model = provider.connect().map_err(|error| AgentError::Judge { error })?;
        let name = model.label();
        Ok(Judge { level: detection.level, name, provider, model })
    }

    /// Judges the answer, if there is one, and tells the recording.
    pub(crate) async fn look_at(
        &self,
        prompt: &str,
        recording: &mut Recording<'_>,
    ) -> Result<Option<StopReason>, AgentError> {
        let Some(answer) = recording.answer().map(str::to_owned) else { return Ok(None) };
        let judgement = self.judge(prompt, &answer, recording).await?;
        Ok(recording.clarified(self, &judgement))
    }

    /// Whether `answer` asks back instead of doing what `prompt` says. A reply that is neither yes nor no is asked for
    /// once more.
    ///
    /// # Errors
    /// The judge does not answer, or not with yes or no.
    async fn judge(&self, prompt: &str, answer: &str, recording: &mut Recording<'_>) -> Result<Judgement, AgentError> {
        let mut judgement = Judgement { asks: false, usage: TokenUsage::default(), cost: Some(Cost::default()) };
        let mut said = String::new();
        for _ in 0..2 {
            let (text, usage) = self.ask(prompt, answer, recording).await?;
            let cost = usage.and_then(|usage| host::cost_of(&self.name, &usage));
            judgement.cost = judgement.cost.zip(cost).map(|(sum, cost)| sum + cost);
            judgement.usage += usage.unwrap_or_default();
            if let Some(asks) = read(&text) {
                return Ok(Judgement { asks, ..judgement });
            }
            said = text;
        }
        Err(AgentError::UnreadableJudge { model: self.name.clone(), said })
    }

    async fn ask(
        &self,
        prompt: &str,
        answer: &str,
        recording: &mut Recording<'_>,
    ) -> Result<(String, Option<TokenUsage>), AgentError> {
        let request = ChatRequest {
            messages: vec![Message::System(INSTRUCTIONS.to_owned()), Message::User(question(prompt, answer))],
            options: self.provider.request_options().clone(),
            ..ChatRequest::default()
        };
        let clock = RunClock::start();
        let seed = host::Iteration::current().map_or(0, |it| it.seed());
        let mut on_retry = |retry| recording.take(RunEvent::Retry(retry));
        let tries = Tries { seed, clock: &clock, limits: self.provider.limits() };
        let asked = provider::chat(&self.model, &request, tries, &mut on_retry).await;
        let (reply, _) = asked.map_err(|error| AgentError::Judge { error })?;
        recording.take(RunEvent::Judged { model: &self.name, usage: reply.usage });
        Ok((reply.message.text, reply.usage))
    }
}
