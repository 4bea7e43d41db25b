use super::super::results::{Gate, GateResult, Results, Test};
use super::super::status::Status;
use super::super::text::{grouped, percent_of, plural, visible};
use super::numbers::listed;
use crate::record::{Reason, VerdictKind};
use crate::stats::percent_text;

/// May I ship: one sentence and its color.
pub(crate) struct Headline {
    pub(crate) sentence: String,
    /// `good`, `warn`, `bad` or `unknown`.
    pub(crate) tone: &'static str,
    /// What is missing in the run.
    pub(crate) incomplete: Option<String>,
    /// What else the reader should know before believing the numbers.
    pub(crate) notes: Vec<String>,
}

/// Tests by their word.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) flaky: u64,
    pub(super) failed: u64,
    pub(super) errored: u64,
    pub(super) inconclusive: u64,
    /// Verdicts other than passed.
    not_passing: u64,
}

impl Tally {
    pub(super) fn of(tests: &[Test<'_>]) -> Self {
        let mut tally = Tally::default();
        for test in tests {
            *match Status::of(test) {
                Status::Pass => &mut tally.passed,
                Status::Flaky => &mut tally.flaky,
                Status::Fail => &mut tally.failed,
                Status::Errored => &mut tally.errored,
                Status::Inconclusive => &mut tally.inconclusive,
            } += 1;
            let verdict = test.verdict.as_ref().and_then(|verdict| verdict.verdict.known());
            tally.not_passing += u64::from(verdict != Some(VerdictKind::Passed));
        }
        tally
    }

    /// `4 passed, 2 flaky`
    pub(super) fn text(&self) -> String {
        listed(&[
            (self.passed, "passed"),
            (self.flaky, "flaky"),
            (self.failed, "failed"),
            (self.errored, "errored"),
            (self.inconclusive, "inconclusive"),
        ])
    }
}

impl Headline {
    pub(super) fn of(results: &Results<'_>, tally: &Tally) -> Self {
        let gate_missed = results.run.gates.iter().any(|gate| gate.result.known() == Some(GateResult::NotMet));
        let tone = match tally {
            _ if results.tests.is_empty() || results.run.totals.counts.n == 0 => "unknown",
            Tally { failed, .. } if *failed > 0 || gate_missed || results.regression_fails() => "bad",
            _ if results.tests.iter().any(misses_threshold) => "bad",
            Tally { not_passing: 0, flaky: 0, .. } => "good",
            Tally { not_passing: 0, .. } => "warn",
            _ => "unknown",
        };
        Headline { sentence: sentence(results, tally), tone, incomplete: incomplete(results), notes: notes(results) }
    }
}

fn misses_threshold(test: &Test<'_>) -> bool {
    let excused = test.verdict.as_ref().is_some_and(|verdict| verdict.reason.known() == Some(Reason::KnownFlaky));
    let is_missed = |gate: &Gate| matches!(gate.result.known(), Some(GateResult::NotMet | GateResult::NotEvaluated));
    !excused && test.gates.iter().any(is_missed)
}

/// Flaky or broken, and too little is known for a verdict.
fn is_unjudged(test: &Test<'_>) -> bool {
    let verdict = test.verdict.as_ref().and_then(|verdict| verdict.verdict.known());
    matches!(Status::of(test), Status::Flaky | Status::Fail)
        && !matches!(verdict, Some(VerdictKind::Passed | VerdictKind::Failed))
}

fn sentence(results: &Results<'_>, tally: &Tally) -> String {
    let tests = results.tests.len() as u64;
    if tests == 0 {
        return "No aitest test ran.".to_owned();
    }
    if results.run.totals.counts.n == 0 {
        let why =
            if results.run.totals.counts.errored > 0 { "every iteration errored" } else { "no iteration finished" };
        return format!("Not evaluated: {why}.");
    }
    let others = listed(&[
        (tally.failed, "failed"),
        (tally.flaky, "flaky"),
        (tally.errored, "errored"),
        (tally.inconclusive, "inconclusive"),
    ]);
    if others.is_empty() {
        return if tests == 1 {
            "The test passed.".to_owned()
        } else {
            format!("All {} tests passed.", grouped(tests))
        };
    }
    let missed = results.tests.iter().filter(|test| misses_threshold(test)).count() as u64;
    let thresholds = match (missed, tally.not_passing) {
        (0, 0) => "; every threshold is met".to_owned(),
        (0, _) => String::new(),
        (missed, _) => format!("; {} missed", plural(missed, "threshold")),
    };
    let unjudged = results.tests.iter().filter(|test| is_unjudged(test)).count() as u64;
    let unjudged = if unjudged > 0 { format!("; {} not judged", grouped(unjudged)) } else { String::new() };
    format!("Of {}: {others}{thresholds}{unjudged}.", plural(tests, "test"))
}

fn incomplete(results: &Results<'_>) -> Option<String> {
    if results.run.complete {
        return None;
    }
    let tests = results.tests.iter().filter(|test| test.verdict.is_none()).count() as u64;
    let processes = results.run.processes.iter().filter(|process| process.finished_at.is_none()).count() as u64;
    let parts: Vec<_> = [(tests, "test"), (processes, "process")]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(
            |(count, noun)| {
                if *noun == "process" && *count > 1 { format!("{count} processes") } else { plural(*count, noun) }
            },
        )
        .collect();
    if parts.is_empty() {
        return Some("Incomplete: journal lines cannot be read, and what they held is missing.".to_owned());
    }
    Some(format!("Incomplete: {} started and did not finish. All numbers are so far.", parts.join(" and ")))
}

fn notes(results: &Results<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let run = &results.run;
    let counts = &run.totals.counts;
    for gate in &run.gates {
        let result = match gate.result.known() {
            Some(GateResult::Met) => "is met",
            Some(GateResult::NotMet) => "is not met",
            _ => "cannot be judged",
        };
        notes.push(format!(
            "The run's gate of {} % {result}: {}/{} iterations passed ({}).",
            percent_of(gate.threshold),
            grouped(counts.passed),
            grouped(counts.n),
            percent_text(counts.passed, counts.n)
        ));
    }
    if let Some(resumed) = &run.resumed {
        notes.push(format!("{}.", resumed.text(counts.planned)));
    }
    notes.extend(run.cassettes.map(|used| match used.replayed {
        0 => format!("Cassettes, {used}."),
        _ => format!("Answers are recorded ones, and so are tokens and costs: cassettes, {used}."),
    }));
    if let Some(found) = &results.baseline {
        let regressed = found.changes.regressed;
        if regressed > 0 {
            notes.push(format!("{} regressed since {}.", plural(regressed, "test"), visible(&found.source)));
        } else if results.regression_fails() {
            notes.push("Whether a test regressed cannot be judged, which fails the run.".to_owned());
        }
    }
    if run.report_only {
        notes.push("AITEST_REPORT_ONLY was set: no verdict failed anything.".to_owned());
    }
    if !results.tests.is_empty() && results.tests.iter().all(|test| test.stats.counts.planned == 1) {
        notes.push("One iteration each: reliability is unknown. AITEST_ITERATIONS=10 shows the rate.".to_owned());
    }
    notes
}
