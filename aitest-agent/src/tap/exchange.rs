use std::ops::Deref;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::{Response, StatusCode};
use tokio::time::Instant;

use super::failure::{Failing, is_the_agents};
use super::line::{Line, lock};
use super::reading::Reading;
use super::transcript::Ended;
use super::upstream::SendFault;
use crate::cassette::Taping;
use crate::io;
use crate::provider::{Breaker, ChatReply, Format, Pass, ProviderError};

/// A request that is under way, until its answer is written down: once, however it ends.
pub(super) struct Exchange {
    line: Arc<Line>,
    pub(super) asked: Asking,
    breaker: Option<Breaker>,
    sent: Instant,
    state: Mutex<Option<State>>,
}

/// What was asked.
pub(super) struct Asking {
    pub(super) format: Format,
    /// The conversation's place in the transcript.
    pub(super) place: usize,
    /// The same was asked before, and failed.
    pub(super) is_again: bool,
    pub(super) wants_usage: bool,
    pub(super) failing: Failing,
}

struct State {
    pass: Option<Pass>,
    taping: Taping,
    /// Of the answer, once it has begun.
    answer: Option<(StatusCode, Reading)>,
}

/// How an answer ended.
pub(super) enum End {
    /// It came whole.
    Whole,
    /// The connection to the provider broke.
    Broken(reqwest::Error),
    /// There was no answer.
    Fault(SendFault),
    /// The agent went away.
    Cut,
    /// The iteration ended.
    Over,
}

impl Exchange {
    /// `admitted` is none of a recorded exchange, which no limit holds back.
    pub(super) fn begin(
        line: &Arc<Line>,
        asked: Asking,
        admitted: Option<(Breaker, Pass)>,
        mut taping: Taping,
    ) -> Open {
        taping.asks();
        let (breaker, pass) = admitted.unzip();
        let state = Mutex::new(Some(State { pass, taping, answer: None }));
        let line = Arc::clone(line);
        let exchange = Arc::new(Exchange { line, asked, breaker, sent: Instant::now(), state });
        exchange.line.add(&exchange);
        Open(exchange)
    }

    /// The answer begins.
    pub(super) fn begins(&self, response: &Response<reqwest::Body>) {
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_events = content_type.is_some_and(|value| value.to_ascii_lowercase().starts_with("text/event-stream"));
        let reading = match response.status().is_success() && is_events {
            true => Reading::events(self.asked.format),
            false => Reading::whole(self.asked.format),
        };
        if let Some(state) = &mut *lock(&self.state) {
            state.taping.begins(response.status(), response.headers());
            state.answer = Some((response.status(), reading));
        }
    }

    /// A part of the answer.
    pub(super) fn push(&self, bytes: &Bytes) {
        if let Some(State { answer: Some((_, reading)), taping, .. }) = &mut *lock(&self.state) {
            taping.push(bytes);
            reading.push(bytes);
        }
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(&*lock(&self.state), Some(State { answer: Some((_, reading)), .. }) if reading.is_done())
    }

    pub(super) fn cut_by_the_end(&self) {
        self.finish(End::Over);
    }

    /// Writes down how it ended, the first time. Returns the failure, if it is one.
    pub(super) fn finish(&self, end: End) -> Option<ProviderError> {
        let State { pass, taping, answer } = lock(&self.state).take()?;
        let is_whole = matches!((&end, &answer), (End::Whole, Some(_)));
        let failing = &self.asked.failing;
        let ended = match (end, answer) {
            (End::Broken(error), _) => Ended::Failed(failing.transport(error)),
            (End::Fault(fault), _) => Ended::Failed(failing.fault(fault)),
            (End::Whole, Some((status, reading))) => self.whole(status, reading),
            (End::Cut, answer) => cut(answer, "the agent closed the connection before the answer was whole"),
            (End::Over | End::Whole, answer) => cut(answer, "the iteration ended before the answer was whole"),
        };
        match &ended {
            Ended::Failed(error) if !is_whole => taping.failed(error),
            _ => taping.ends(),
        }
        if let Some((pass, breaker)) = pass.zip(self.breaker.as_ref()) {
            self.settle(pass, breaker, &ended);
        }
        self.line.transcript().ended(self.asked.place, &ended, self.sent.elapsed());
        match ended {
            Ended::Failed(error) => Some(error),
            Ended::Answered(_) | Ended::Cut(..) => None,
        }
    }

    fn whole(&self, status: StatusCode, reading: Reading) -> Ended {
        let failing = &self.asked.failing;
        let reply = match status.is_success() {
            true => reading.finish(failing),
            false => {
                let rescued = self.asked.format.rescue(reading.body());
                rescued.ok_or_else(|| failing.status(status, reading.body()))
            }
        };
        match reply {
            Ok(reply) => {
                self.warn_of_unknown_usage(&reply);
                Ended::Answered(reply)
            }
            Err(error) => Ended::Failed(error),
        }
    }

    fn warn_of_unknown_usage(&self, reply: &ChatReply) {
        if reply.usage.is_none() && !self.asked.wants_usage {
            aitest_runtime::host::warn(
                "usage_unknown",
                &format!(
                    "{}: its streams tell no tokens, so their cost is unknown: have the agent send \
                     `\"stream_options\": {{\"include_usage\": true}}`",
                    self.asked.failing.label
                ),
            );
        }
    }

    /// Tells limits and breaker. Only a ledger that another process has at this moment is waited for, elsewhere.
    fn settle(&self, pass: Pass, breaker: &Breaker, ended: &Ended) {
        let failed = match ended {
            Ended::Failed(error) => Some(error.clone()),
            Ended::Answered(_) | Ended::Cut(..) => None,
        };
        let usage = ended.usage();
        match &failed {
            None => breaker.succeeded(),
            // The agent's own tries of one request are one failure.
            Some(error) if !self.asked.is_again && !is_the_agents(error) => breaker.failed(error),
            Some(_) => {}
        }
        let mut settled = async move {
            match failed {
                None => pass.succeeded(usage).await,
                Some(error) => drop(pass.failed(&error).await),
            }
        }
        .boxed();
        if (&mut settled).now_or_never().is_none() {
            drop(io::spawn(settled));
        }
    }
}

fn cut(answer: Option<(StatusCode, Reading)>, why: &'static str) -> Ended {
    match answer.filter(|(status, _)| status.is_success()).and_then(|(_, reading)| reading.cut()) {
        Some((reply, true)) => Ended::Answered(reply),
        Some((reply, false)) => Ended::Cut(reply, why),
        None => Ended::Cut(ChatReply::default(), why),
    }
}

/// An exchange whose agent still waits. When this is dropped, the agent went away.
pub(super) struct Open(Arc<Exchange>);

impl Deref for Open {
    type Target = Exchange;

    fn deref(&self) -> &Exchange {
        &self.0
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.finish(End::Cut);
    }
}
