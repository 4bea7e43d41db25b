//! What the terminal says of gates, exceptions, stops and too few iterations.

use super::super::results::{Gate, GateResult, Needed, Results, Saved, Test};
use super::super::status::Status;
use super::super::text::{cut_middle, grouped, percent_of, plural, short_duration};
use crate::record::{Cost, Reason, SkippedBy, StoppedBy, VerdictKind};

/// Tests of which a note is given.
const MOST: usize = 3;
/// A time that is worth speaking of.
const LONG_MS: u64 = 10_000;
/// Iterations side by side that the hint proposes.
const SIDE_BY_SIDE: u64 = 8;

/// What is to say of a test's gates, stop and exception, a line for each.
pub(super) fn lines(test: &Test<'_>) -> Vec<String> {
    let gates = test.gates.iter().filter_map(gate_line);
    let stopped = test.stopped.map(|stopped| {
        let by = match stopped.by {
            StoppedBy::Decided => "the rest could not change the verdict",
            StoppedBy::Accepted => "the sequential test accepts the wanted rate",
            StoppedBy::Rejected => "the sequential test accepts the rate that must be caught",
        };
        format!("stopped after {} of {}: {by}", stopped.after, test.stats.counts.planned)
    });
    let failed = test.verdict.as_ref().is_some_and(|verdict| verdict.verdict.known() == Some(VerdictKind::Failed));
    let known = test.known_flaky.as_ref().map(|known| match known.no_longer {
        true => format!("no longer flaky: remove `flaky` ({})", known.reason),
        false if failed => format!("was known flaky until {}: {}", known.until, known.reason),
        false => format!("known flaky until {}: {}", known.until, known.reason),
    });
    gates.chain(stopped).chain(known).map(|line| format!("         {line}")).collect()
}

/// `gate p95(duration) <= 20s NOT MET: 31.2 s`; nothing of one that is met.
fn gate_line(gate: &Gate) -> Option<String> {
    let result = match gate.result.known() {
        Some(GateResult::Met) => return None,
        Some(GateResult::NotMet) => "NOT MET",
        Some(GateResult::NotEvaluated) => "NOT EVALUATED",
        _ => "not judged",
    };
    Some(format!("gate {} {result}: {}", gate.text.as_deref()?, gate.detail.as_deref().unwrap_or_default()))
}

/// Whether the verdict passes only because the test is known to be flaky.
pub(super) fn is_excused(test: &Test<'_>) -> bool {
    test.verdict.as_ref().is_some_and(|verdict| verdict.reason.known() == Some(Reason::KnownFlaky))
}

/// The notes under the tests.
pub(super) fn notes(results: &Results<'_>) -> Vec<String> {
    let mut notes: Vec<String> = results.tests.iter().filter_map(needed_note).take(MOST).collect();
    notes.extend(results.tests.iter().filter_map(known_note).take(MOST));
    notes.extend(side_by_side(results));
    notes
}

/// Of a test whose verdict rests on too few iterations: how many would show the wanted rate, and what they cost.
fn needed_note(test: &Test<'_>) -> Option<String> {
    let has_own = test.policy.is_some_and(|policy| policy.own_threshold);
    let is_weak = matches!(Status::of(test), Status::Flaky | Status::Inconclusive) || test.stats.counts.n == 1;
    let needed = test.needed.as_ref().filter(|_| has_own && is_weak)?;
    Some(format!("{}: {}", cut_middle(&test.name(), 32), needed.text(test.stats.counts.n - test.stats.counts.passed)))
}

fn known_note(test: &Test<'_>) -> Option<String> {
    let clean = test.known_flaky.as_ref()?.clean_needed?;
    let name = cut_middle(&test.name(), 32);
    Some(format!(
        "{name}: every iteration passed; {} would show that it is no longer flaky",
        plural(clean, "clean one")
    ))
}

impl Needed {
    /// `46 iterations with 1 failure would show 90% (95% sure): about $0.0400, 4m12s`
    pub(in crate::report) fn text(&self, failures: u64) -> String {
        let with = match failures {
            0 => "clean iterations".to_owned(),
            failures => format!("iterations with {}", plural(failures, "failure")),
        };
        let cost = self.cost_pico_usd.map(|cost| Cost::from_pico_usd(cost).to_string());
        let time = self.duration_ms.filter(|ms| *ms >= LONG_MS).map(short_duration);
        let parts: Vec<String> = cost.into_iter().chain(time).collect();
        let price = if parts.is_empty() { String::new() } else { format!(": about {}", parts.join(", ")) };
        let (rate, confidence) = (percent_of(self.rate), percent_of(self.confidence));
        format!("{} {with} would show {rate}% ({confidence}% sure){price}", grouped(self.iterations))
    }
}

/// How much time iterations side by side would save, where all of them ran one after the other.
fn side_by_side(results: &Results<'_>) -> Option<String> {
    let is_one_by_one = |test: &Test<'_>| {
        let concurrency = test.settings.iter().find(|setting| setting.name == "concurrency");
        concurrency.is_some_and(|setting| setting.value == "1" && setting.origin == "default")
    };
    let saved = |test: &Test<'_>| {
        let sum = test.stats.duration_ms.map_or(0, |spread| spread.sum);
        let at_once = SIDE_BY_SIDE.min(test.stats.counts.n.max(1));
        sum - sum / at_once
    };
    let saved: u64 = results.tests.iter().filter(|test| is_one_by_one(test)).map(saved).sum();
    (saved >= LONG_MS).then(|| {
        format!(
            "iterations ran one after the other: AITEST_CONCURRENCY={SIDE_BY_SIDE} would save about {}",
            short_duration(saved)
        )
    })
}

impl Saved {
    /// `41 iterations of 2 tests left out by the rule `decided`, about $0.1200`
    pub(in crate::report) fn text(&self) -> String {
        let by = match self.by.known() {
            Some(SkippedBy::Decided) => "the rule `decided`",
            Some(SkippedBy::Sprt) => "the rule `sprt`",
            Some(SkippedBy::MaxCost) => "AITEST_MAX_COST",
            Some(SkippedBy::MaxDuration) => "AITEST_MAX_DURATION",
            Some(SkippedBy::LeakedThread) => "threads that cannot be ended",
            None => "another rule",
        };
        let cost = self.cost_pico_usd.map(|cost| format!(", about {}", Cost::from_pico_usd(cost)));
        format!(
            "{} of {} left out by {by}{}",
            plural(self.iterations, "iteration"),
            plural(self.tests, "test"),
            cost.unwrap_or_default()
        )
    }
}
