use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::ShouldPanic;
use super::grade::{Grade, grade};
use super::guard::{BodyEnd, End};
use super::holder::Holder;
use super::money;
use super::start::{Kept, Limits, TestStart};
use super::state::State;
use crate::collector::{Collected, Iteration, IterationStart, TestScope, lock};
use crate::config::Transcripts;
use crate::hash::mix;
use crate::limits::Budget;
use crate::record::{IterationKey, IterationRecord, Outcome, SkippedBy};
use crate::stats::{Row, TestSummary};

/// A running test.
pub(crate) struct TestRun {
    pub(crate) start: TestStart,
    scope: Arc<TestScope>,
    pub(super) holder: Holder,
    began: Instant,
    state: Mutex<State>,
    done: AtomicU32,
}

/// Wall time of an iteration, and the part of it that was waiting.
type Times = (Duration, Duration);

/// Before a busy ledger is asked again.
pub(super) const BUSY_PAUSE: Duration = Duration::from_millis(1);

impl TestRun {
    pub(crate) fn new(start: TestStart) -> Arc<Self> {
        let state = State::new(&start);
        Arc::new(TestRun {
            scope: Arc::new(TestScope::of(&start.name, start.cassettes.clone())),
            holder: Holder::default(),
            start,
            began: Instant::now(),
            state: Mutex::new(state),
            done: AtomicU32::new(0),
        })
    }

    /// Counts what an earlier run finished, before anything runs. It is nothing that this run spends.
    pub(crate) fn keep(&self, kept: Kept) {
        let mut state = self.state();
        for record in &kept.earlier {
            state.summary.add_spent(&Row::from(record));
        }
        for record in kept.counted {
            state.count(record.key.iteration, Row::from(&record), self.start.has_gates);
            state.show(record);
            self.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits { timeout: self.start.plan.timeout, max_wait: self.start.max_wait }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Iterations that have ended.
    pub(crate) fn done(&self) -> u32 {
        self.done.load(Ordering::Relaxed)
    }

    pub(crate) fn summary(&self) -> TestSummary {
        self.state().summary
    }

    /// The counted iterations so far, where the test has gates.
    pub(crate) fn rows(&self) -> Vec<Row> {
        self.state().rows.clone()
    }

    /// Up to 20 iterations that did not pass and 20 that did, without transcripts, for the test's message.
    pub(crate) fn shown(&self) -> Vec<IterationRecord> {
        self.state().shown.clone()
    }

    /// The iterations under way.
    pub(super) fn in_flight(&self) -> Vec<Iteration> {
        self.state().in_flight.clone()
    }

    pub(super) fn begin(&self, iteration: u32, attempt: u32) -> Iteration {
        let key = IterationKey { test: self.start.id, rerun: self.start.rerun, iteration, attempt };
        // Attempts repeat the same draw: same number, same seed.
        let seed = mix(self.start.run_seed, &[self.start.id.0, u64::from(iteration)]);
        self.start.log.started(key, seed, now_ms());
        let count = self.start.plan.count;
        let it = Iteration::begin(IterationStart { test: Arc::clone(&self.scope), key, count, seed });
        self.state().in_flight.push(it.clone());
        it
    }

    /// Records how an iteration ended. Returns whether it gets another attempt.
    pub(super) fn finish(&self, it: &Iteration, end: End) -> bool {
        // Grading may symbolize frames, which is not the body's time.
        let (elapsed, waited) = (it.clock().elapsed(), it.clock().waited());
        let Some(mut collected) = self.close(it) else { return false };
        if self.start.budget.is_some() {
            money::needs_prices(&mut collected);
        }
        let symbolize = self.wants_frames(&end);
        let grade = grade(end, &mut collected, self.start.should_panic, symbolize);
        if let Some(panic) = collected.task_panics.first()
            && grade.outcome == Outcome::Passed
            && self.start.should_panic == ShouldPanic::No
        {
            self.scope.warn_unjoined(panic);
        }
        self.write(it, grade, collected, (elapsed, waited))
    }

    /// The watchdog's record of an iteration whose body does not come back.
    pub(super) fn give_up(&self, it: &Iteration, message: &str) {
        let times = (it.clock().elapsed(), it.clock().waited());
        if let Some(collected) = self.close(it) {
            self.write(it, Grade::timed_out(message), collected, times);
        }
    }

    /// Why no further iteration starts, whatever the budget says.
    pub(super) fn is_over(&self) -> Option<SkippedBy> {
        if let Some(stopped) = self.state().summary.stopped {
            return Some(stopped.by.into());
        }
        self.start.deadline.filter(|deadline| now_ms() >= *deadline).map(|_| SkippedBy::MaxDuration)
    }

    /// Records that the iteration at `position` and those after it never began: by a stop rule, of which nothing is
    /// said, or since the run's time is over.
    pub(super) fn skip_from(&self, mut position: u32, why: SkippedBy) {
        while let Some(number) = self.start.plan.numbers.at(position) {
            position += 1;
            self.skip(number, why, "the run's time is over (AITEST_MAX_DURATION)");
        }
    }

    /// Takes what the iteration left behind; `None` when somebody else has.
    fn close(&self, it: &Iteration) -> Option<Collected> {
        let collected = it.close()?;
        if let Some(end) = self.start.end_cassette {
            end(it);
        }
        Some(collected)
    }

    /// Whether the run's budget lets the iteration `number` start; `None` when another process books at this moment.
    pub(super) fn try_admit(&self, number: u32) -> Option<bool> {
        let Some(budget) = self.start.budget else { return Some(true) };
        let reserve = self.state().money.mean();
        let admitted = budget.try_admit(reserve)?;
        if admitted {
            self.state().money.reserve(number, reserve);
        }
        Some(admitted)
    }

    /// The same for a thread that may wait.
    pub(super) fn admit(&self, number: u32) -> bool {
        loop {
            match self.try_admit(number) {
                Some(admitted) => return admitted,
                None => std::thread::sleep(BUSY_PAUSE),
            }
        }
    }

    /// Records that the budget does not let the iteration `number` start.
    pub(super) fn skip_for_budget(&self, number: u32) {
        let max = self.start.budget.map(Budget::max).unwrap_or_default();
        self.skip(number, SkippedBy::MaxCost, &format!("the run's budget of {max} is spent (AITEST_MAX_COST)"));
    }

    /// Records that the iteration `number` never began.
    pub(super) fn skip(&self, number: u32, by: SkippedBy, why: &str) {
        let key = IterationKey { test: self.start.id, rerun: self.start.rerun, iteration: number, attempt: 1 };
        let seed = mix(self.start.run_seed, &[self.start.id.0, u64::from(number)]);
        let count = self.start.plan.count;
        let it = Iteration::begin(IterationStart { test: Arc::clone(&self.scope), key, count, seed });
        self.write(&it, Grade::skipped(by, why), Collected::default(), (Duration::ZERO, Duration::ZERO));
    }

    /// Records that nothing could be found to run the iteration `number`.
    pub(super) fn cannot_run(&self, number: u32, why: &str) {
        let it = self.begin(number, 1);
        let times = (it.clock().elapsed(), Duration::ZERO);
        if let Some(collected) = it.close() {
            self.write(&it, Grade::cannot_run(why), collected, times);
        }
    }

    fn write(&self, it: &Iteration, grade: Grade, collected: Collected, times: Times) -> bool {
        let again = grade.transient
            && grade.outcome == Outcome::Errored
            && it.key().attempt <= self.start.retry_errored
            && !self.start.budget.is_some_and(Budget::is_spent);
        let mut record = self.record(it, grade, collected, times);
        self.start.log.finished(&mut record);
        let mut state = self.state();
        state.in_flight.retain(|other| other.key() != it.key());
        let row = Row::from(&record);
        let (reserve, cost) = state.money.settle(&row, (!again).then_some(it.index()));
        if again {
            state.summary.add_spent(&row);
        } else {
            state.count(it.index(), row, self.start.has_gates);
            state.show(record);
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        drop(state);
        if let Some(budget) = self.start.budget {
            budget.settle(reserve, cost);
        }
        again
    }

    fn record(&self, it: &Iteration, grade: Grade, mut collected: Collected, times: Times) -> IterationRecord {
        collected.end_step(grade.outcome);
        let keeps = match self.start.transcripts {
            Transcripts::Full => true,
            Transcripts::Failed => grade.outcome != Outcome::Passed,
            Transcripts::None => false,
        };
        let (elapsed, waited) = times;
        IterationRecord {
            key: it.key(),
            seed: it.seed(),
            kept_from: None,
            outcome: grade.outcome,
            started_at_ms: now_ms().saturating_sub(millis(elapsed)),
            duration_us: micros(elapsed),
            waited_us: micros(waited),
            failure: grade.failure,
            skipped_by: grade.skipped_by,
            agent: collected.agent,
            judge: collected.judge,
            agents: collected.agents,
            follows_model: collected.follows_model,
            setups: collected.setups,
            steps: collected.steps,
            turns: if keeps { collected.turns } else { Vec::new() },
            final_response: collected.final_response.filter(|_| keeps),
            retries: collected.retries,
            notes: collected.notes,
            attachments: collected.attachments,
            assertions: collected.assertions,
        }
    }

    /// Symbolizing takes tens of milliseconds, so only a test's first panic gets frames, unless the user asked.
    fn wants_frames(&self, end: &End) -> bool {
        if !matches!(end, End::InTime(BodyEnd::Panicked(_))) || self.start.should_panic != ShouldPanic::No {
            return false;
        }
        let wants = self.scope.wants_frames();
        self.scope.symbolized();
        wants
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Milliseconds since 1970-01-01 UTC.
pub(crate) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis)
}
