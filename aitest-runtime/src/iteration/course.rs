use std::collections::BTreeMap;

use crate::record::{Outcome, Percent, Policy, StopRule, Stopped, StoppedBy, VerdictKind};
use crate::stats::{Row, Sprt, SprtDecision, TestSummary, decided};

/// Where a test with a stop rule is on its way.
#[derive(Debug)]
pub(super) struct Course {
    policy: Policy,
    /// A test with gates is not ended by a pass: its gates need the other iterations.
    has_gates: bool,
    sprt: Option<Sprt>,
    /// Outcomes beyond the first number that is missing. A sequential test reads them in order: what ends sooner is
    /// not what happens more often.
    waiting: BTreeMap<u32, Outcome>,
    next: u32,
    passed: u64,
    failed: u64,
}

impl Course {
    pub(super) fn new(policy: Policy, has_gates: bool) -> Self {
        let sprt = match policy.stop {
            StopRule::Sprt(rule) => {
                let [p0, p1, alpha, beta] = [rule.p0, rule.p1, rule.alpha, rule.beta].map(Percent::fraction);
                Sprt::new(p0, p1, alpha, beta).ok()
            }
            StopRule::Never | StopRule::Decided => None,
        };
        Course { policy, has_gates, sprt, waiting: BTreeMap::new(), next: 1, passed: 0, failed: 0 }
    }

    /// Whether the test ends now that the iteration `number` has ended, which `summary` counts.
    pub(super) fn stops(&mut self, number: u32, row: &Row, summary: &TestSummary) -> Option<Stopped> {
        if self.policy.stop.is_never() || summary.missing() == 0 {
            return None;
        }
        let by = self.sequential(number, row.outcome).or_else(|| self.curtailed(summary))?;
        let after = u32::try_from(summary.graded() + summary.errored).unwrap_or(u32::MAX);
        Some(Stopped { by, after })
    }

    fn curtailed(&self, summary: &TestSummary) -> Option<StoppedBy> {
        let verdict = decided(summary, &self.policy)?;
        (!self.has_gates || verdict != VerdictKind::Passed).then_some(StoppedBy::Decided)
    }

    fn sequential(&mut self, number: u32, outcome: Outcome) -> Option<StoppedBy> {
        let sprt = self.sprt?;
        self.waiting.insert(number, outcome);
        while let Some(outcome) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.passed += u64::from(outcome == Outcome::Passed);
            self.failed += u64::from(outcome.is_graded() && outcome != Outcome::Passed);
            match sprt.decide(self.passed, self.failed) {
                SprtDecision::Accepted if !self.has_gates => return Some(StoppedBy::Accepted),
                SprtDecision::Rejected => return Some(StoppedBy::Rejected),
                SprtDecision::Accepted | SprtDecision::Continue => {}
            }
        }
        None
    }
}
