use std::borrow::Cow;

use super::saved::saved;
use super::{Budget, Charge, Counts, Gate, GateResult, Process, Resumed, Run, Split, Test, Totals};
use crate::record::{
    BudgetUse, Cost, Date, Percent, ProcessRecord, RunRecord, SettingRecord, Stability, TestRecord, TokenUsage,
};
use crate::report::time::rfc3339;
use crate::stats::pass_rate;

/// Two-sided confidence of the intervals shown.
pub(super) const CONFIDENCE: f64 = 0.95;

pub(super) fn run_of<'a>(run: &'a RunRecord, tests: &[Test<'_>]) -> Run<'a> {
    let totals = totals_of(tests);
    let first = run.processes.first();
    let text = |field: fn(&ProcessRecord) -> &String| -> Cow<'a, str> {
        first.map_or(Cow::Borrowed(""), |process| Cow::Borrowed(field(process)))
    };
    let started_at_ms = run.processes.iter().map(|process| process.started_at_ms).min();
    Run {
        id: run.id.0.as_str().into(),
        started_at: started_at_ms.map(rfc3339),
        duration_ms: started_at_ms.zip(last_sign_of_life(run)).map(|(start, end)| end.saturating_sub(start)),
        complete: is_complete(run),
        seed: first.map(|process| process.seed),
        resumed: resumed(run),
        report_only: run.processes.iter().any(|process| process.report_only),
        git: run.processes.iter().find_map(|process| process.git.as_ref()).map(Cow::Borrowed),
        host: text(|process| &process.host),
        aitest: text(|process| &process.aitest),
        prices: text(|process| &process.prices),
        confidence: CONFIDENCE,
        method: "wilson".into(),
        gates: gate(run, tests, started_at_ms.map(Date::of_ms)).into_iter().collect(),
        totals,
        held_back: run.held_back.iter().map(Cow::Borrowed).collect(),
        budget: run
            .budget
            .map(|budget| Budget { max_pico_usd: budget.max.pico_usd(), spent_pico_usd: budget.spent.pico_usd() }),
        saved: saved(run),
        cassettes: run.cassettes,
        processes: run.processes.iter().map(process).collect(),
        settings: settings(run),
        torn_lines: run.torn_lines,
    }
}

fn resumed(run: &RunRecord) -> Option<Resumed<'_>> {
    let resumes = run.processes.iter().find_map(|process| process.resumes.as_ref())?;
    let mut resumed = Resumed { run: Cow::Borrowed(&resumes.0), iterations: 0, spend: Split::default() };
    for test in &run.tests {
        resumed.iterations += test.counted().filter(|record| record.kept_from.is_some()).count() as u64;
        for record in test.executions().filter(|record| record.kept_from.is_some()) {
            resumed.spend.add(&Split::from(record));
        }
    }
    Some(resumed)
}

fn is_complete(run: &RunRecord) -> bool {
    run.torn_lines == 0
        && run.processes.iter().all(|process| process.finished_at_ms.is_some())
        && run.tests.iter().all(|test| test.verdict.is_some())
}

fn last_sign_of_life(run: &RunRecord) -> Option<u64> {
    let finished = run.processes.iter().filter_map(|process| process.finished_at_ms);
    finished.chain(run.tests.iter().filter_map(last_end)).max()
}

fn last_end(test: &TestRecord) -> Option<u64> {
    test.counted().map(|record| record.started_at_ms.saturating_add(record.duration_us / 1000)).max()
}

fn process(process: &ProcessRecord) -> Process<'_> {
    Process {
        process: process.process.as_str().into(),
        package: process.package.as_str().into(),
        target: process.target.as_str().into(),
        runner: process.runner.as_str().into(),
        command: process.command.as_str().into(),
        rerun: process.rerun,
        started_at: rfc3339(process.started_at_ms),
        finished_at: process.finished_at_ms.map(rfc3339),
    }
}

fn settings(run: &RunRecord) -> Vec<Cow<'_, SettingRecord>> {
    let mut settings: Vec<Cow<'_, SettingRecord>> = Vec::new();
    for setting in run.processes.iter().flat_map(|process| &process.settings) {
        if !settings.iter().any(|known| known.as_ref() == setting) {
            settings.push(Cow::Borrowed(setting));
        }
    }
    settings
}

/// The run's threshold, if it has one.
pub(super) fn gate_of(run: &RunRecord) -> Option<Percent> {
    run.processes.iter().find_map(|process| process.min_pass_rate)
}

/// Over all graded iterations but those of tests that are known to be flaky `today`.
fn gate(run: &RunRecord, tests: &[Test<'_>], today: Option<Date>) -> Option<Gate> {
    let threshold = gate_of(run)?;
    let counted = tests.iter().filter(|test| !today.is_some_and(|today| test.is_excused(today)));
    let (passed, graded) = counted
        .fold((0, 0), |(passed, graded), test| (passed + test.stats.counts.passed, graded + test.stats.counts.n));
    let result = match graded {
        0 => GateResult::Inconclusive,
        _ if passed >= threshold.of(graded) => GateResult::Met,
        _ => GateResult::NotMet,
    };
    Some(Gate::of_pass_rate("run", threshold.fraction(), pass_rate(passed, graded), result))
}

impl Test<'_> {
    /// Whether the test is known to be flaky on this day.
    pub(in crate::report) fn is_excused(&self, today: Date) -> bool {
        self.known_flaky.as_ref().is_some_and(|known| today <= known.until)
    }
}

fn totals_of(tests: &[Test<'_>]) -> Totals {
    let mut totals = Totals { tests: tests.len() as u64, ..Totals::default() };
    for test in tests {
        *match test.stability.known() {
            Some(Stability::Reliable) => &mut totals.reliable,
            Some(Stability::Flaky) => &mut totals.flaky,
            Some(Stability::Broken) => &mut totals.broken,
            Some(Stability::Unknown) | None => &mut totals.unknown,
        } += 1;
        totals.counts.add(&test.stats.counts);
        totals.duration_ms = totals.duration_ms.saturating_add(test.stats.duration_ms.map_or(0, |spread| spread.sum));
        totals.spend.add(&test.stats.spend);
        totals.charged += test.stats.charged;
        totals.priced += test.stats.priced;
    }
    totals
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.planned += other.planned;
        self.n += other.n;
        self.passed += other.passed;
        self.failed += other.failed;
        self.timed_out += other.timed_out;
        self.errored += other.errored;
        self.skipped += other.skipped;
        self.interrupted += other.interrupted;
    }
}

impl Budget {
    /// `$2.0100 of $2.5000`
    pub(in crate::report) fn text(self) -> String {
        let [max, spent] = [self.max_pico_usd, self.spent_pico_usd].map(Cost::from_pico_usd);
        BudgetUse { max, spent }.to_string()
    }
}

impl Split {
    fn add(&mut self, other: &Split) {
        self.agent.add(&other.agent);
        self.judge.add(&other.judge);
    }

    /// The subject's and the judges' together.
    pub(in crate::report) fn total(&self) -> Charge {
        let mut total = self.agent;
        total.add(&self.judge);
        total
    }
}

impl Charge {
    fn add(&mut self, other: &Charge) {
        self.usage += other.usage;
        self.cost_pico_usd = match (self.cost_pico_usd, other.cost_pico_usd) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        self.unpriced = self.unpriced.saturating_add(other.unpriced);
    }

    /// Input and output tokens; `None` when neither was reported.
    pub(in crate::report) fn tokens(&self) -> Option<u64> {
        TokenUsage::total(&self.usage)
    }
}
