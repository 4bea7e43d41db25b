use super::change::{ALPHA, CONFIDENCE, Counted, Evidence, evidence};
use super::gate::gate;
use super::suspects::suspects;
use super::tests_differ::{Matching, name};
use super::{Baseline, BaselineTest, Numbers};
use crate::record::TestId;
use crate::report::results::{
    BaselineComparison, ChangeCounts, ChangeKind, GateResult, OfRun, Ratio, Results, Shift, Test, TestChange, rounded,
};
use crate::report::status::Status;
use crate::stats::geometric_mean_ratio;

/// What a run is compared with, and how.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'b> {
    /// The counts before.
    pub baseline: &'b Baseline,
    /// As the user named it: a path, or `latest`.
    pub source: &'b str,
    /// Tests that p-values are corrected over; those of the run, where they are more.
    pub family: u64,
    /// Whether a regression fails.
    pub fail_on_regression: bool,
}

impl Results<'_> {
    /// Adds what changed since a baseline.
    pub fn compare_with(&mut self, beside: &Beside<'_>) {
        let matching = Matching::of(self, beside.baseline);
        let counted: Vec<Option<Counted>> =
            self.tests.iter().zip(&matching.pairs).map(|(test, pair)| counted(test, (*pair)?)).collect();
        let evidence = evidence(&counted, beside.family);
        let mut tests: Vec<TestChange> = Vec::new();
        let mut counterparts = Vec::new();
        for ((test, pair), evidence) in self.tests.iter().zip(&matching.pairs).zip(&evidence) {
            if let Some(before) = pair {
                let now = BaselineTest::of(test);
                tests.push(change_of(test, before, now.as_ref(), evidence.as_ref()));
                counterparts.extend(now.map(|now| (*before, now)));
            }
        }
        // The strongest evidence first; then as the run has them.
        tests.sort_by(|a, b| least_p(a).total_cmp(&least_p(b)));
        self.add_previous_of(&matching.pairs);
        let suspects = suspects(self, beside.baseline, &matching.pairs);
        let family = beside.family.max(evidence.iter().flatten().count() as u64);
        let gate = beside.fail_on_regression.then(|| gate(self, beside.baseline, &tests, family));
        self.baseline = Some(BaselineComparison {
            source: beside.source.to_owned(),
            run: beside.baseline.run.clone(),
            started_at: beside.baseline.started_at.clone(),
            commit: beside.baseline.git.as_ref().map(|git| git.commit.clone()),
            confidence: CONFIDENCE,
            alpha: ALPHA,
            family,
            changes: ChangeCounts::of(&tests),
            tests,
            added: matching.added,
            removed: matching.removed,
            not_run: matching.not_run,
            renamed: matching.renamed,
            cost_ratio: overall(&counterparts, |test| test.cost_pico_usd),
            duration_ratio: overall(&counterparts, |test| test.working_ms),
            suspects,
            gate,
        });
    }

    /// Whether the test is known to be flaky on the day of the run: it blocks nothing then.
    pub(in crate::report) fn excuses(&self, test: TestId) -> bool {
        let day = self.run.started_at.as_deref().and_then(|time| time.get(..10)?.parse().ok());
        self.tests.iter().any(|known| known.id == test && day.is_some_and(|day| known.is_excused(day)))
    }

    /// Whether a regression fails the run, or that it cannot be told.
    pub(in crate::report) fn regression_fails(&self) -> bool {
        let gate = self.baseline.as_ref().and_then(|found| found.gate.as_ref());
        gate.is_some_and(|gate| gate.result.known() != Some(GateResult::Met))
    }

    /// The tests that did not pass.
    pub fn not_passing(&self) -> impl Iterator<Item = TestId> + '_ {
        self.tests.iter().filter(|test| did_not_pass(test)).map(|test| test.id)
    }

    /// Puts earlier results beside the tests that did not pass.
    pub fn add_previous(&mut self, earlier: &[BaselineTest]) {
        let of = |test: &Test<'_>| earlier.iter().find(|earlier| earlier.id == test.id);
        let pairs: Vec<Option<&BaselineTest>> = self.tests.iter().map(of).collect();
        self.add_previous_of(&pairs);
    }

    fn add_previous_of(&mut self, pairs: &[Option<&BaselineTest>]) {
        for (test, pair) in self.tests.iter_mut().zip(pairs) {
            if did_not_pass(test) {
                test.previous = pair.map(of_run);
            }
        }
    }
}

fn did_not_pass(test: &Test<'_>) -> bool {
    Status::of(test) != Status::Pass
}

fn of_run(test: &BaselineTest) -> OfRun {
    OfRun { run: test.run.clone(), passed: test.passed, n: test.n }
}

fn counted(test: &Test<'_>, before: &BaselineTest) -> Option<Counted> {
    let counts = &test.stats.counts;
    (counts.n > 0).then_some(Counted { before: (before.passed, before.n), now: (counts.passed, counts.n) })
}

fn change_of(
    test: &Test<'_>,
    before: &BaselineTest,
    now: Option<&BaselineTest>,
    evidence: Option<&Evidence>,
) -> TestChange {
    let counts = &test.stats.counts;
    let shift = |of: fn(&BaselineTest) -> Option<Numbers>| shift(of(before)?, of(now?)?);
    let counted = evidence.map(|evidence| evidence.counted);
    TestChange {
        id: test.id,
        name: name(test),
        before: of_run(before),
        now: OfRun { run: None, passed: counts.passed, n: counts.n },
        change: evidence.map_or(ChangeKind::CannotTell, |evidence| evidence.change).into(),
        difference: counted.map(|counted| rounded(counted.difference())),
        ci: counted.and_then(Counted::interval).map(|ci| [ci.lower, ci.upper].map(rounded)),
        method: evidence.map(|evidence| evidence.method.to_owned()),
        p_drop: evidence.map(|evidence| rounded(evidence.p[0])),
        p_drop_corrected: evidence.map(|evidence| rounded(evidence.listed[0])),
        p_drop_gate: evidence.map(|evidence| rounded(evidence.gate)),
        p_rise: evidence.map(|evidence| rounded(evidence.p[1])),
        p_rise_corrected: evidence.map(|evidence| rounded(evidence.listed[1])),
        smallest_p_drop: evidence.map(|evidence| rounded(evidence.smallest)),
        cost: shift(|test| test.cost_pico_usd),
        duration: shift(|test| test.working_ms),
    }
}

fn least_p(test: &TestChange) -> f64 {
    test.p_drop.into_iter().chain(test.p_rise).fold(1.0, f64::min)
}

/// Means by their ratio; it is shown to be no chance when the intervals of the medians do not meet.
fn shift(before: Numbers, now: Numbers) -> Option<Shift> {
    let ratio = geometric_mean_ratio(&[before.mean], &[now.mean]).ok()?;
    let apart = |[a_low, a_high]: [u64; 2], [b_low, b_high]: [u64; 2]| a_high < b_low || b_high < a_low;
    let is_shown = before.p50_ci.zip(now.p50_ci).is_some_and(|(before, now)| apart(before, now));
    Some(Shift { ratio: rounded(ratio), is_shown })
}

fn overall(tests: &[(&BaselineTest, BaselineTest)], of: fn(&BaselineTest) -> Option<Numbers>) -> Option<Ratio> {
    let means = tests.iter().filter_map(|(before, now)| Some((of(before)?.mean, of(now)?.mean)));
    let (before, now): (Vec<f64>, Vec<f64>) = means.filter(|(before, now)| *before > 0.0 && *now > 0.0).unzip();
    let value = geometric_mean_ratio(&before, &now).ok()?;
    Some(Ratio { value: rounded(value), tests: before.len() as u64 })
}
