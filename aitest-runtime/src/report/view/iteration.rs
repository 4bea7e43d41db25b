use super::super::anchor::{attempt_anchor, iteration_anchor, needs_a_look};
use super::super::cause::one_line;
use super::super::failure::outcome_text;
use super::super::results::{Failure, Iteration, Text, Turn};
use super::super::text::duration_text;
use super::chart::class;
use super::numbers::{cost_text, count_text, time_text};
use super::shown::Shown;
use super::steps::{StepView, step_view};
use super::test::TestView;
use super::transcript::Transcript;
use crate::record::{Assertion, Attachment, Role};

/// One iteration's row in the table.
pub(crate) struct IterationRow<'r> {
    pub(crate) anchor: String,
    pub(crate) number: String,
    pub(crate) class: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) duration: String,
    pub(crate) tokens: String,
    pub(crate) cost: String,
    pub(crate) failure: Shown<'r>,
    /// Whether it is an attempt that does not count.
    pub(crate) is_earlier: bool,
    /// Whether an earlier run ran it.
    pub(crate) is_kept: bool,
    /// Whether the page shows more of it than the row.
    pub(crate) has_more: bool,
}

/// All that is known about one iteration.
pub(crate) struct IterationView<'r> {
    pub(crate) row: IterationRow<'r>,
    pub(crate) facts: Shown<'r>,
    pub(crate) failure: Option<FailureView<'r>>,
    /// The steps of a session.
    pub(crate) steps: Vec<StepView<'r>>,
    pub(crate) retries: Vec<Shown<'r>>,
    pub(crate) notes: Vec<Shown<'r>>,
    pub(crate) attachments: Vec<(Shown<'r>, Shown<'r>)>,
    pub(crate) assertions: Vec<AssertionView<'r>>,
    pub(crate) transcript: Option<Transcript<'r>>,
    /// Why there is no transcript, where one was recorded.
    pub(crate) left_out: bool,
    pub(crate) answer: Option<Shown<'r>>,
    pub(crate) is_open: bool,
}

/// One assertion of aitest's own.
pub(crate) struct AssertionView<'r> {
    pub(crate) passed: bool,
    pub(crate) expected: Shown<'r>,
    pub(crate) location: Option<Shown<'r>>,
}

/// Why an iteration did not pass.
pub(crate) struct FailureView<'r> {
    pub(crate) kind: Shown<'r>,
    pub(crate) message: Shown<'r>,
    pub(crate) location: Option<Shown<'r>>,
    pub(crate) backtrace: Option<Shown<'r>>,
}

impl<'r> IterationRow<'r> {
    pub(super) fn of(test: &TestView<'r>, iteration: &'r Iteration<'r>) -> Self {
        let is_earlier = test.is_earlier(iteration);
        let total = iteration.spend.total();
        let why = iteration.failure.as_ref().map(|failure| one_line(&failure.message));
        let anchor = if is_earlier {
            attempt_anchor(test.test.id, iteration)
        } else {
            iteration_anchor(test.test.id, iteration.rerun, iteration.n)
        };
        let outcome = iteration.outcome();
        IterationRow {
            anchor,
            number: number(test, iteration, is_earlier),
            class: class(outcome),
            outcome: outcome_text(outcome),
            duration: duration_text(iteration.duration_ms),
            tokens: count_text(total.tokens()),
            cost: cost_text(&total),
            failure: why.unwrap_or_default().into(),
            is_earlier,
            is_kept: iteration.kept_from.is_some(),
            has_more: has_more(iteration),
        }
    }
}

/// `3`, `2.3` of rerun 2, `3 (attempt 1)`.
fn number(test: &TestView<'_>, iteration: &Iteration<'_>, is_earlier: bool) -> String {
    let n = if test.test.rerun > 1 { format!("{}.{}", iteration.rerun, iteration.n) } else { iteration.n.to_string() };
    if is_earlier { format!("{n} (attempt {})", iteration.attempt) } else { n }
}

impl<'r> IterationView<'r> {
    pub(super) fn of(test: &TestView<'r>, iteration: &'r Iteration<'r>) -> Self {
        let is_kept = test.keeps_transcript(iteration);
        let transcript = Transcript::of(&iteration.turns, test.results).filter(|_| is_kept);
        let transcript = transcript.map(|transcript| transcript.parted(&iteration.steps));
        IterationView {
            row: IterationRow::of(test, iteration),
            facts: facts(test, iteration).into(),
            failure: iteration.failure.as_ref().map(failure_view),
            steps: iteration.steps.iter().map(step_view).collect(),
            retries: iteration.retries.iter().map(|retry| retry_text(&retry.why, retry.wait_ms)).collect(),
            notes: iteration.notes.iter().map(|note| Shown::from(note.as_str())).collect(),
            attachments: iteration.attachments.iter().map(attachment).collect(),
            assertions: iteration.assertions.iter().map(assertion).collect(),
            left_out: !is_kept && !iteration.turns.is_empty(),
            answer: iteration
                .final_response
                .as_deref()
                .filter(|answer| !says(&iteration.turns, answer))
                .map(Shown::from),
            transcript,
            is_open: test.is_first_to_look_at(iteration),
        }
    }
}

/// Whether there is anything to see beyond the row.
pub(super) fn has_more(iteration: &Iteration<'_>) -> bool {
    iteration.failure.is_some()
        || iteration.final_response.is_some()
        || !(iteration.steps.is_empty() && iteration.turns.is_empty() && iteration.retries.is_empty())
        || !(iteration.notes.is_empty() && iteration.attachments.is_empty() && iteration.assertions.is_empty())
}

/// Whether the last thing that the model said is `answer`: then the transcript shows it.
fn says(turns: &[Turn<'_>], answer: &str) -> bool {
    let last = turns.iter().rev().find(|turn| turn.role.known() == Some(Role::Assistant));
    last.is_some_and(|turn| matches!(&turn.text, Text::Inline(text) if text == answer))
}

fn facts(test: &TestView<'_>, iteration: &Iteration<'_>) -> String {
    let mut facts = Vec::new();
    facts.extend(iteration.agent.as_deref().map(|id| format!("agent {}", test.agent_name(id))));
    facts.extend(iteration.kept_from.as_deref().map(|run| format!("kept from run {run}")));
    if iteration.waited_ms > 0 {
        facts.push(format!("{} of it waiting", duration_text(iteration.waited_ms)));
    }
    if iteration.attempt > 1 && !test.is_earlier(iteration) {
        facts.push(format!("attempt {}", iteration.attempt));
    }
    facts.extend(iteration.seed.map(|seed| format!("seed {seed}")));
    facts.push(format!("began {}", time_text(&iteration.started_at)));
    facts.join(" · ")
}

fn failure_view<'r>(failure: &'r Failure<'r>) -> FailureView<'r> {
    FailureView {
        kind: Shown::from(failure.kind.as_ref()),
        message: Shown::from(failure.message.trim_matches('\n')),
        location: failure.location.as_deref().map(Shown::from),
        backtrace: failure.backtrace.as_deref().map(Shown::from),
    }
}

fn retry_text<'r>(why: &str, wait_ms: u64) -> Shown<'r> {
    Shown::from(format!("{why}; sent again after {}", duration_text(wait_ms)))
}

fn attachment(attachment: &Attachment) -> (Shown<'_>, Shown<'_>) {
    (Shown::from(attachment.name.as_str()), Shown::from(attachment.text.as_str()))
}

fn assertion(assertion: &Assertion) -> AssertionView<'_> {
    AssertionView {
        passed: assertion.passed,
        expected: Shown::from(assertion.expected.as_str()),
        location: assertion.location.as_deref().map(Shown::from),
    }
}

/// Not-passing iterations and attempts are looked at first.
pub(super) fn is_urgent(iteration: &Iteration<'_>) -> bool {
    needs_a_look(iteration.outcome())
}
