use std::borrow::Cow;

use super::agents::AgentTable;
use super::gates::gates;
use super::iterations::Context;
use super::needed::needed;
use super::numbers::{known_cost, ms, ran, rounded};
use super::run::CONFIDENCE;
use super::setups::{served_models, setups_of};
use super::steps::step_stats;
use super::{Counts, KnownFlaky, Policy, Split, Spread, Stats, Test, Verdict};
use crate::record::{IterationRecord, Percent, Stability, StoppedBy, TestRecord, VerdictKind};
use crate::stats::{
    Row, TestSummary, confidence_sequence, curtailed_interval, no_longer_flaky, pass_rate, wilson_interval,
};

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
        let stats = stats(pool, &summary);
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
            source: last.source.as_deref().map(Cow::Borrowed),
            setups: setups_of(pool),
            served_models: served_models(pool),
            agent: agent.and_then(|name| self.agents.id(&name)),
            follows_model: pool.iter().any(|test| test.executions().any(|record| record.follows_model)),
            rerun: last.rerun,
            process: last.process.as_str().into(),
            stability: stability(pool, &summary).into(),
            verdict: last.verdict.as_ref().map(verdict),
            policy: Some(policy(last)),
            gates: gates(last),
            known_flaky: known_flaky(last, &TestSummary::of(last)),
            stopped: last.stopped,
            needed: needed(last, &summary, &stats),
            settings: Cow::Borrowed(&last.settings),
            previous: None,
            duration_ms: pool.iter().map(|test| test.duration_us).sum::<Option<u64>>().map(ms),
            stats,
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
        confidence: test.policy.confidence().map(Percent::fraction),
    }
}

fn known_flaky<'a>(test: &'a TestRecord, summary: &TestSummary) -> Option<KnownFlaky<'a>> {
    let known = test.rules.known_flaky.as_ref()?;
    let shown = no_longer_flaky(summary, &test.policy);
    Some(KnownFlaky {
        reason: known.reason.as_str().into(),
        until: known.until,
        no_longer: shown == Some(Ok(())),
        clean_needed: shown.and_then(Result::err),
    })
}

/// The interval of the rate. A test that a stop rule ended has one that holds for such a stop.
fn interval(pool: &[&TestRecord], summary: &TestSummary) -> (Option<[f64; 2]>, Option<Cow<'static, str>>) {
    let (passed, graded) = (summary.passed, summary.graded());
    let stopped = pool.last().and_then(|last| last.stopped).map(|stopped| stopped.by);
    let (interval, method) = match stopped {
        Some(StoppedBy::Decided) => {
            let planned = graded + summary.left_out;
            (curtailed_interval(passed, graded, planned, CONFIDENCE), Some("curtailed".into()))
        }
        Some(StoppedBy::Accepted | StoppedBy::Rejected) => {
            (confidence_sequence(passed, graded, 1.0 - CONFIDENCE), Some("confidence_sequence".into()))
        }
        None => (wilson_interval(passed, graded, CONFIDENCE), None),
    };
    let ends = interval.ok().map(|ci| [ci.lower, ci.upper].map(rounded));
    (ends, method.filter(|_| ends.is_some()))
}

fn stats(pool: &[&TestRecord], summary: &TestSummary) -> Stats {
    let counted = || pool.iter().flat_map(|test| test.counted());
    let executions = || pool.iter().flat_map(|test| test.executions());
    let called = |record: &&IterationRecord| !record.agent.is_empty() || !record.judge.is_empty();
    let durations = counted().filter(|record| ran(record)).map(|record| ms(record.duration_us)).collect();
    let graded = summary.graded();
    let (ci, method) = interval(pool, summary);
    Stats {
        counts: Counts::from(summary),
        pass_rate: pass_rate(summary.passed, graded).map(rounded),
        ci,
        method,
        duration_ms: Spread::of(durations).map(|spread| Spread { sum: ms(summary.duration_us), ..spread }),
        tokens: Spread::of(counted().filter_map(|record| record.agent.usage.total()).collect()),
        cost_pico_usd: Spread::of(counted().filter_map(known_cost).collect()),
        spend: Split::from(summary),
        charged: executions().filter(called).count() as u64,
        priced: executions().filter_map(known_cost).count() as u64,
    }
}
