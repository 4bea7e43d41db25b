use std::backtrace::Backtrace;

use super::assertion::is_assertion;
use super::guard::{BodyEnd, End, Limit};
use super::panic_hook;
use super::payload::Payload;
use crate::collector::{Collected, Marked, Panicked, RunFailure};
use crate::record::{Failure, FailureKind, Outcome, SkippedBy};
use crate::redact::redact;

/// `#[should_panic]`, judged in each iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShouldPanic {
    /// A panic fails.
    No,
    /// A panic passes.
    Yes,
    /// A panic whose message contains this passes.
    With(&'static str),
}

/// How an iteration ended, and whether another attempt may go better.
#[derive(Debug)]
pub(super) struct Grade {
    pub(super) outcome: Outcome,
    pub(super) failure: Option<Failure>,
    pub(super) skipped_by: Option<SkippedBy>,
    pub(super) transient: bool,
}

impl Grade {
    fn new(outcome: Outcome, failure: Option<Failure>) -> Self {
        Grade { outcome, failure, skipped_by: None, transient: false }
    }

    /// What a stop rule leaves out has not failed: nothing is said of it.
    pub(super) fn skipped(by: SkippedBy, why: &str) -> Self {
        let failure = (!by.is_stop_rule()).then(|| failure(FailureKind::Other, why));
        Grade { skipped_by: Some(by), ..Grade::new(Outcome::Skipped, failure) }
    }

    pub(super) fn cannot_run(why: &str) -> Self {
        Grade::new(Outcome::Errored, Some(failure(FailureKind::Other, why)))
    }

    pub(super) fn timed_out(message: &str) -> Self {
        Grade::new(Outcome::TimedOut, Some(failure(FailureKind::Timeout, message)))
    }

    /// A limit that was reached decides; how the body failed after it is kept.
    fn over(limit: Limit, body: Option<(Failure, Option<RunFailure>)>) -> Self {
        let (outcome, message) = match limit {
            Limit::Work(message) => (Outcome::TimedOut, message),
            Limit::Wait(message) => (Outcome::Errored, message),
        };
        let failure = match body {
            None => failure(FailureKind::Timeout, &message),
            Some((body, _)) => Failure {
                kind: FailureKind::Timeout,
                message: format!("{message}, then failed: {}", body.message),
                ..body
            },
        };
        Grade::new(outcome, Some(failure))
    }

    fn errored(cause: RunFailure) -> Self {
        let RunFailure { kind, message, transient, location } = cause;
        let failure = Failure { kind, message, location, backtrace: None };
        Grade { transient, ..Grade::new(Outcome::Errored, Some(failure)) }
    }

    fn passed() -> Self {
        Grade::new(Outcome::Passed, None)
    }

    fn failed(failure: Failure) -> Self {
        Grade::new(Outcome::Failed, Some(failure))
    }
}

/// Judges how a body ended by what its iteration recorded. `symbolize` asks for the frames of a panic.
///
/// A failure of the infrastructure leaves the rate: one that the test reported, or the last agent run's when the
/// body failed too, or when no run got an answer from a model. Otherwise the body decides.
pub(super) fn grade(end: End, collected: &mut Collected, should_panic: ShouldPanic, symbolize: bool) -> Grade {
    if let Some(cause) = collected.infrastructure.take() {
        return Grade::errored(cause);
    }
    let body = match end {
        End::InTime(body) => body,
        End::Over(limit, body) => {
            return Grade::over(limit, body.and_then(|body| body_failure(body, collected, false)));
        }
    };
    let expected = Expected::of(should_panic, &body);
    let (body, marked) = body_failure(body, collected, symbolize).unzip();
    let body = expected.judge(body);
    let unanswered = collected.runs_started > 0 && collected.runs_answered == 0;
    match body {
        Some(failure) => match collected.last_run_failure.take().or(marked.flatten()) {
            Some(cause) => Grade::errored(cause),
            None => Grade::failed(failure),
        },
        None if unanswered => Grade::errored(collected.last_run_failure.take().unwrap_or(RunFailure {
            kind: FailureKind::Provider,
            message: "no agent run got an answer from a model".to_owned(),
            transient: false,
            location: None,
        })),
        None => Grade::passed(),
    }
}

/// How a body failed, and the marked error that ended it.
fn body_failure(end: BodyEnd, collected: &mut Collected, symbolize: bool) -> Option<(Failure, Option<RunFailure>)> {
    match end {
        BodyEnd::Returned(failure) => failure.map(|failure| {
            let cause = failure.marked.or_else(|| returned_mark(&collected.marked, &failure.text));
            (returned(&failure.text), cause)
        }),
        BodyEnd::Panicked(payload) => {
            let cause = panicked_mark(&collected.marked, &payload.text());
            Some((panicked(&payload, collected, symbolize), cause))
        }
    }
}

/// The marked error whose whole message is all that the body returned, as text of another type.
fn returned_mark(marked: &[Marked], text: &str) -> Option<RunFailure> {
    let is_all = |error: &&Marked| text == error.message || text == format!("{:?}", error.message);
    marked.iter().filter(|error| !error.message.is_empty()).find(is_all).map(|error| error.cause.clone())
}

/// The marked error that a panic's message ends with, as `unwrap` and `expect` write it: with its place, which no
/// other error has. Of a message without the place nothing may be left over.
fn panicked_mark(marked: &[Marked], text: &str) -> Option<RunFailure> {
    let ended = |error: &&Marked| {
        let before = text.strip_suffix(error.whole.as_str());
        before.is_some_and(|before| before.is_empty() || before.ends_with(": "))
            || (!text.is_empty() && text == error.message)
    };
    marked.iter().find(ended).map(|error| error.cause.clone())
}

/// What `#[should_panic]` makes of a body's end.
enum Expected {
    NoPanic,
    Panic,
    /// Of this text, which the panic's message has or has not.
    PanicWith(&'static str, bool),
}

impl Expected {
    /// Looks into the message as it was thrown: what a record shows of it has its secrets replaced.
    fn of(should_panic: ShouldPanic, body: &BodyEnd) -> Self {
        match (should_panic, body) {
            (ShouldPanic::No, _) => Expected::NoPanic,
            (ShouldPanic::Yes, _) => Expected::Panic,
            (ShouldPanic::With(text), BodyEnd::Panicked(payload)) => {
                Expected::PanicWith(text, payload.text().contains(text))
            }
            (ShouldPanic::With(text), BodyEnd::Returned(_)) => Expected::PanicWith(text, false),
        }
    }

    fn judge(self, body: Option<Failure>) -> Option<Failure> {
        let is_panic =
            body.as_ref().is_some_and(|failure| matches!(failure.kind, FailureKind::Panic | FailureKind::Assert));
        match (self, body) {
            (Expected::NoPanic, body) => body,
            (Expected::Panic | Expected::PanicWith(_, true), Some(_)) if is_panic => None,
            (Expected::PanicWith(text, _), Some(panic)) if is_panic => Some(Failure {
                message: format!(
                    "the panic message does not contain `{}` (should_panic): {}",
                    redact(text),
                    panic.message
                ),
                ..panic
            }),
            (_, Some(failure)) => Some(failure),
            (_, None) => Some(failure(FailureKind::Assert, "the body did not panic as expected (should_panic)")),
        }
    }
}

fn failure(kind: FailureKind, message: &str) -> Failure {
    Failure { kind, message: message.to_owned(), location: None, backtrace: None }
}

/// An error that the body returned. `aitest::Error` writes its place into the last line.
fn returned(message: &str) -> Failure {
    let message = redact(message);
    match message.rsplit_once("\n  at ") {
        Some((text, place)) if !place.contains('\n') => Failure {
            kind: FailureKind::Error,
            message: text.to_owned(),
            location: Some(place.to_owned()),
            backtrace: None,
        },
        _ => failure(FailureKind::Error, &message),
    }
}

/// The payload says which panic ended the body; the hook may have seen others, which the body caught.
fn panicked(payload: &Payload, collected: &mut Collected, symbolize: bool) -> Failure {
    let text = payload.text();
    let seen = collected.panics.iter().rposition(|panic| panic.message == text);
    let Some(index) = seen else {
        // `resume_unwind` calls no hook.
        let unseen = if panic_hook::reinstall() { " (location unknown: another panic hook is installed)" } else { "" };
        let message = format!("{}{unseen}", redact(&text));
        return Failure { kind: kind_of(&message, None), message, location: None, backtrace: None };
    };
    let Panicked { message, location, backtrace } = collected.panics.swap_remove(index);
    let backtrace = backtrace.filter(|_| symbolize).as_ref().and_then(frames);
    let message = redact(&message);
    Failure { kind: kind_of(&message, location.as_deref()), message, location, backtrace }
}

fn kind_of(message: &str, location: Option<&str>) -> FailureKind {
    let is_assertion = message.starts_with("assertion") || location.is_some_and(is_assertion);
    if is_assertion { FailureKind::Assert } else { FailureKind::Panic }
}

/// The frames of the test itself: without the panic machinery above and the engine below.
fn frames(backtrace: &Backtrace) -> Option<String> {
    let text = backtrace.to_string();
    let mut kept: Vec<&str> = Vec::new();
    let mut keep = false;
    for line in text.lines() {
        let is_frame = line.trim_start().split_once(": ").is_some_and(|(n, _)| n.chars().all(|c| c.is_ascii_digit()));
        if is_frame {
            if line.contains("aitest_runtime::iteration") || line.contains("__rust_begin_short_backtrace") {
                if !kept.is_empty() {
                    break;
                }
                keep = false;
                continue;
            }
            keep = !["std::panicking", "core::panicking", "rust_begin_unwind", "std::backtrace", "core::ops::function"]
                .iter()
                .any(|machinery| line.contains(machinery))
                && !line.contains("aitest_runtime::");
        }
        if keep {
            kept.push(line);
        }
    }
    (!kept.is_empty()).then(|| redact(&kept.join("\n")))
}
