use std::borrow::Cow;

use super::agents::AgentTable;
use super::iterations::Context;
use super::numbers::{known_cost, ms, ran, rounded};
use super::run::CONFIDENCE;
use super::steps::step_stats;
use super::{Counts, Gate, GateResult, Policy, Split, Spread, Stats, Test, Verdict};
use crate::record::{IterationRecord, Reason, Stability, TestRecord, VerdictKind};
use crate::stats::{Row, TestSummary, pass_rate, wilson_interval};

impl<'a> Context<'a, '_> {
    /// One test of all its reruns, at least one.
    pub(super) fn test(&mut self, pool: &[&'a TestRecord]) -> Test<'a> {
        let last = pool[pool.len() - 1];
        let agent = AgentTable::name_of_test(pool);
        let mut iterations = Vec::new();
        let mut earlier_attempts = Vec::new();
        for test in pool {
            iterations.extend(test.counted().map(|record| self.iteration(test, record, agent.as_deref())));
            earlier_attempts.extend(test.earlier.iter().map(|record| self.iteration(test, record, agent.as_deref())));
        }
        let summary = pooled(pool);
        Test {
            id: last.id,
            path: last.identity.path.as_str().into(),
            package: last.identity.package.as_str().into(),
            target: last.identity.target.as_str().into(),
            case: last.identity.case.as_deref().map(Cow::Borrowed),
            named_when_run: last.identity.named_when_run,
            title: last.title.as_deref().map(Cow::Borrowed),
            file: last.file.as_str().into(),
            line: last.line,
            agent: agent.and_then(|name| self.agents.id(&name)),
            follows_model: pool.iter().any(|test| test.executions().any(|record| record.follows_model)),
            rerun: last.rerun,
            process: last.process.as_str().into(),
            stability: stability(pool, &summary).into(),
            verdict: last.verdict.as_ref().map(verdict),
            policy: Some(policy(last)),
            gates: gate(last).into_iter().collect(),
            settings: Cow::Borrowed(&last.settings),
            previous: None,
            duration_ms: pool.iter().map(|test| test.duration_us).sum::<Option<u64>>().map(ms),
            stats: stats(pool, &summary),
            steps: step_stats(pool),
            iterations,
            earlier_attempts,
        }
    }
}

/// The counts and sums of all reruns together.
fn pooled(pool: &[&TestRecord]) -> TestSummary {
    let mut summary = TestSummary::new(0);
    for test in pool {
        summary.planned += u64::from(test.planned);
        test.counted().for_each(|record| summary.add(&Row::from(record)));
        test.earlier.iter().for_each(|record| summary.add_spent(&Row::from(record)));
    }
    summary
}

/// What a rerun had to repair is not reliable, whatever the counts say.
fn stability(pool: &[&TestRecord], summary: &TestSummary) -> Stability {
    let did_pass = |test: &&TestRecord| test.verdict.as_ref().is_some_and(|v| v.verdict == VerdictKind::Passed);
    let was_repaired = pool.split_last().is_some_and(|(_, before)| !before.iter().all(did_pass));
    match summary.stability() {
        Stability::Reliable if was_repaired => Stability::Flaky,
        stability => stability,
    }
}

fn verdict(verdict: &crate::record::Verdict) -> Verdict<'_> {
    Verdict { verdict: verdict.verdict.into(), reason: verdict.reason.into(), message: verdict.message.as_str().into() }
}

fn policy(test: &TestRecord) -> Policy {
    Policy {
        min_pass_rate: test.policy.min_pass_rate.fraction(),
        own_threshold: test.policy.own_threshold,
        max_errored: test.policy.max_errored.of(test.planned),
        run_gate: test.policy.run_gate,
    }
}

/// The test's threshold as the last rerun met it; `None` where the run's gate judges.
fn gate(test: &TestRecord) -> Option<Gate> {
    let verdict = test.verdict.as_ref().map(|verdict| (verdict.verdict, verdict.reason));
    let result = match verdict {
        Some((_, Reason::LeftToRunGate)) => return None,
        Some((VerdictKind::Passed, _)) => GateResult::Met,
        Some((VerdictKind::Failed, Reason::ThresholdMissed)) => GateResult::NotMet,
        _ => GateResult::Inconclusive,
    };
    let summary = TestSummary::of(test);
    let observed = pass_rate(summary.passed, summary.graded());
    Some(Gate::of_pass_rate("test", test.policy.min_pass_rate.fraction(), observed, result))
}

impl Gate {
    pub(super) fn of_pass_rate(scope: &'static str, threshold: f64, observed: Option<f64>, result: GateResult) -> Self {
        Gate {
            scope: scope.into(),
            metric: "pass_rate".into(),
            op: ">=".into(),
            threshold: rounded(threshold),
            basis: "point".into(),
            observed: observed.map(rounded),
            result: result.into(),
        }
    }
}

fn stats(pool: &[&TestRecord], summary: &TestSummary) -> Stats {
    let counted = || pool.iter().flat_map(|test| test.counted());
    let executions = || pool.iter().flat_map(|test| test.executions());
    let called = |record: &&IterationRecord| !record.agent.is_empty() || !record.judge.is_empty();
    let durations = counted().filter(|record| ran(record)).map(|record| ms(record.duration_us)).collect();
    let graded = summary.graded();
    Stats {
        counts: Counts::from(summary),
        pass_rate: pass_rate(summary.passed, graded).map(rounded),
        ci: wilson_interval(summary.passed, graded, CONFIDENCE).ok().map(|ci| [ci.lower, ci.upper].map(rounded)),
        duration_ms: Spread::of(durations).map(|spread| Spread { sum: ms(summary.duration_us), ..spread }),
        tokens: Spread::of(counted().filter_map(|record| record.agent.usage.total()).collect()),
        cost_pico_usd: Spread::of(counted().filter_map(known_cost).collect()),
        spend: Split::from(summary),
        charged: executions().filter(called).count() as u64,
        priced: executions().filter_map(known_cost).count() as u64,
    }
}
