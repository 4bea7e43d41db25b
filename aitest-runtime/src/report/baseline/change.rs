use crate::report::results::ChangeKind;
use crate::stats::{
    Alternative, Interval, StatsError, benjamini_hochberg, boschloo_exact, fisher_exact, holm, newcombe_interval,
};

/// The level of findings, after correction.
pub(super) const ALPHA: f64 = 0.05;
/// Two-sided confidence of the intervals.
pub(super) const CONFIDENCE: f64 = 0.95;
/// Above so many iterations of both together, or above such a p, Boschloo's test finds nothing that Fisher's does not.
const MOST_FOR_BOSCHLOO: u64 = 200;
const GREATEST_FOR_BOSCHLOO: f64 = 0.3;

/// One test, before and now: passed and graded iterations, of both at least one graded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    pub(super) before: (u64, u64),
    pub(super) now: (u64, u64),
}

/// What the numbers of one test say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence {
    pub(super) counted: Counted,
    pub(super) method: &'static str,
    /// One-sided p of a drop and of a rise.
    pub(super) p: [f64; 2],
    /// The same, corrected over the list.
    pub(super) listed: [f64; 2],
    /// The drop's, corrected for the gate.
    pub(super) gate: f64,
    /// The least p that a drop to 0 would have.
    pub(super) smallest: f64,
    pub(super) change: ChangeKind,
}

impl Counted {
    pub(super) fn difference(self) -> f64 {
        let rate = |(passed, graded): (u64, u64)| passed as f64 / graded as f64;
        rate(self.now) - rate(self.before)
    }

    pub(super) fn interval(self) -> Option<Interval> {
        newcombe_interval(self.before.0, self.before.1, self.now.0, self.now.1, CONFIDENCE).ok()
    }

    /// The same with failures for passes: its drop is our rise.
    fn mirrored(self) -> Self {
        let mirror = |(passed, graded): (u64, u64)| (graded - passed, graded);
        Counted { before: mirror(self.before), now: mirror(self.now) }
    }

    /// The one-sided p of a drop, by Boschloo's test where it may find more than Fisher's, and the method.
    fn p_of_drop(self) -> Result<(f64, &'static str), StatsError> {
        let ((k0, n0), (k1, n1)) = (self.before, self.now);
        let fisher = fisher_exact(k0, n0, k1, n1, Alternative::Less)?;
        if fisher < GREATEST_FOR_BOSCHLOO && n0.saturating_add(n1) <= MOST_FOR_BOSCHLOO {
            Ok((boschloo_exact(k0, n0, k1, n1)?.min(fisher), "boschloo"))
        } else {
            Ok((fisher, "fisher"))
        }
    }

    /// The p of the greatest drop that so many iterations can show.
    fn smallest_p(self) -> Result<f64, StatsError> {
        let greatest = Counted { before: self.before, now: (0, self.now.1) };
        greatest.p_of_drop().map(|(p, _)| p)
    }
}

/// The evidence for each of the tests, corrected over all of them and at least `family`. A test whose counts cannot be
/// tested is `None`.
pub(super) fn evidence(tests: &[Option<Counted>], family: u64) -> Vec<Option<Evidence>> {
    let raw: Vec<Option<([f64; 2], &'static str)>> = tests
        .iter()
        .map(|counted| {
            let counted = (*counted)?;
            let ((drop, method), (rise, other)) = (counted.p_of_drop().ok()?, counted.mirrored().p_of_drop().ok()?);
            Some(([drop, rise], if counted.difference() < 0.0 { method } else { other }))
        })
        .collect();
    let known = raw.iter().flatten().count();
    let family = usize::try_from(family).unwrap_or(usize::MAX).max(known);
    let column = |place: usize, correct: fn(&[f64]) -> Result<Vec<f64>, StatsError>| {
        // Tests of the family that are not here count as such that did not change.
        let mut p: Vec<f64> = raw.iter().flatten().map(|(p, _)| p[place]).collect();
        p.resize(family, 1.0);
        correct(&p).unwrap_or(p).into_iter()
    };
    let (mut drops, mut rises) = (column(0, benjamini_hochberg), column(1, benjamini_hochberg));
    let mut gates = column(0, holm);
    let mut found = Vec::new();
    for (counted, raw) in tests.iter().zip(raw) {
        found.push(counted.zip(raw).map(|(counted, (p, method))| {
            let listed = [drops.next().unwrap_or(1.0), rises.next().unwrap_or(1.0)];
            let smallest = counted.smallest_p().unwrap_or(1.0);
            let change = change(counted, listed, family as f64);
            Evidence { counted, method, p, listed, gate: gates.next().unwrap_or(1.0), smallest, change }
        }));
    }
    found
}

fn change(counted: Counted, [drop, rise]: [f64; 2], family: f64) -> ChangeKind {
    if drop < ALPHA {
        return ChangeKind::Regressed;
    }
    if rise < ALPHA {
        return ChangeKind::Improved;
    }
    let shows = |smallest: Result<f64, StatsError>| smallest.is_ok_and(|p| p * family < ALPHA);
    if shows(counted.smallest_p()) || shows(counted.mirrored().smallest_p()) {
        ChangeKind::Unchanged
    } else {
        ChangeKind::CannotTell
    }
}
