use super::{Charge, Counts, Split, Spread};
use crate::record::{Cost, IterationRecord, Outcome, Spend};
use crate::stats::{Row, TestSummary};

/// A rate with nine decimals: short, and equal after writing and reading.
pub(in crate::report) fn rounded(rate: f64) -> f64 {
    (rate * 1e9).round() / 1e9
}

/// Microseconds as whole milliseconds, rounded.
pub(super) fn ms(us: u64) -> u64 {
    us / 1000 + u64::from(us % 1000 >= 500)
}

impl From<&TestSummary> for Counts {
    fn from(summary: &TestSummary) -> Self {
        Counts {
            planned: summary.planned,
            n: summary.graded(),
            passed: summary.passed,
            failed: summary.failed,
            timed_out: summary.timed_out,
            errored: summary.errored,
            skipped: summary.skipped,
            interrupted: summary.interrupted,
        }
    }
}

impl From<Spend> for Charge {
    fn from(spend: Spend) -> Self {
        Charge { usage: spend.usage, cost_pico_usd: spend.cost.map(Cost::pico_usd), unpriced: spend.unpriced }
    }
}

impl From<&IterationRecord> for Split {
    fn from(record: &IterationRecord) -> Self {
        Split { agent: record.agent.into(), judge: record.judge.into() }
    }
}

impl From<&TestSummary> for Split {
    fn from(summary: &TestSummary) -> Self {
        Split { agent: summary.agent.into(), judge: summary.judge.into() }
    }
}

/// Whether the body began and ended: only then its duration says something.
pub(super) fn ran(record: &IterationRecord) -> bool {
    !matches!(record.outcome, Outcome::Skipped | Outcome::Interrupted)
}

/// What one execution cost; `None` when it called no model, or one of its calls has no price.
pub(super) fn known_cost(record: &IterationRecord) -> Option<u64> {
    Row::from(record).known_cost().map(Cost::pico_usd)
}

impl Spread {
    /// The distribution of `values`; `None` without any.
    pub(super) fn of(mut values: Vec<u64>) -> Option<Self> {
        values.sort_unstable();
        let count = values.len();
        let (min, max) = (*values.first()?, *values.last()?);
        let sum: u128 = values.iter().map(|&value| u128::from(value)).sum();
        let (low, high) = (values[(count - 1) / 2], values[count / 2]);
        let count_wide = count as u128;
        let mean = (sum + count_wide / 2) / count_wide;
        Some(Spread {
            p50: low.midpoint(high),
            p95: values[(count * 95).div_ceil(100) - 1],
            min,
            max,
            mean: saturate(mean),
            sum: saturate(sum),
        })
    }
}

fn saturate(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Spread, ms};

    #[test]
    fn spreads() {
        assert_eq!(Spread::of(Vec::new()), None);
        let spread = Spread::of(vec![4, 1, 3, 2]).unwrap();
        assert_eq!((spread.p50, spread.p95, spread.min, spread.max, spread.mean, spread.sum), (2, 4, 1, 4, 3, 10));
        let spread = Spread::of((1..=100).collect()).unwrap();
        assert_eq!((spread.p50, spread.p95), (50, 95));
        assert_eq!(Spread::of(vec![u64::MAX, u64::MAX]).unwrap().sum, u64::MAX);
    }

    #[test]
    fn microseconds_round_to_the_nearest_millisecond() {
        assert_eq!([ms(499), ms(500), ms(1499), ms(u64::MAX)], [0, 1, 1, u64::MAX / 1000 + 1]);
    }
}
