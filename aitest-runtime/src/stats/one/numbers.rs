use super::super::StatsError;
use super::super::special::ibeta;

/// How whole numbers are distributed: durations, tokens, costs, in the unit they are given in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distribution {
    /// How many there are.
    pub count: u64,
    /// Their sum.
    pub sum: u128,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation, over n − 1; `None` of one number.
    pub standard_deviation: Option<f64>,
    /// The middle one, or the mean of the middle two.
    pub median: f64,
    /// The 95th percentile, nearest rank.
    pub p95: u64,
    /// The least.
    pub min: u64,
    /// The greatest.
    pub max: u64,
    /// Two of the numbers between which the true median lies with at least 95 % confidence, whatever the distribution;
    /// `None` of fewer than six.
    pub median_interval: Option<(u64, u64)>,
}

impl Distribution {
    /// The distribution of `numbers`, which are sorted in passing.
    ///
    /// The interval of the median are order statistics: r-th and r-th last, with the greatest r for which
    /// P(fewer than r of n coins show heads) ≤ 2.5 % (David, Nagaraja 2003, §7.1).
    ///
    /// # Errors
    /// No numbers.
    ///
    /// ```
    /// use aitest_runtime::stats::Distribution;
    ///
    /// let seconds = Distribution::of(&mut [4, 1, 3, 2, 9, 5, 8])?;
    /// assert_eq!((seconds.median, seconds.p95, seconds.median_interval), (4.0, 9, Some((1, 9))));
    /// # Ok::<(), aitest_runtime::stats::StatsError>(())
    /// ```
    pub fn of(numbers: &mut [u64]) -> Result<Self, StatsError> {
        numbers.sort_unstable();
        let (Some(&min), Some(&max)) = (numbers.first(), numbers.last()) else {
            return Err(StatsError::NothingCounted);
        };
        let n = numbers.len();
        let sum: u128 = numbers.iter().map(|&number| u128::from(number)).sum();
        let mean = sum as f64 / n as f64;
        let squares: f64 = numbers.iter().map(|&number| (number as f64 - mean).powi(2)).sum();
        Ok(Distribution {
            count: n as u64,
            sum,
            mean,
            standard_deviation: (n > 1).then(|| (squares / (n - 1) as f64).sqrt()),
            median: f64::midpoint(numbers[(n - 1) / 2] as f64, numbers[n / 2] as f64),
            p95: nearest_rank(numbers, 95),
            min,
            max,
            median_interval: rank_of_bound(n).map(|rank| (numbers[rank - 1], numbers[n - rank])),
        })
    }
}

/// The least number that at least `percent` % of the sorted `numbers` do not exceed, for 1 to 100.
pub(in super::super) fn nearest_rank(numbers: &[u64], percent: u32) -> u64 {
    let rank = (numbers.len() * percent as usize).div_ceil(100);
    numbers[rank.clamp(1, numbers.len()) - 1]
}

/// The greatest r from 1 with P(fewer than r of n coins show heads) ≤ 2.5 %.
fn rank_of_bound(n: usize) -> Option<usize> {
    // P(at least r heads) = I½(r, n − r + 1)
    let holds = |r: usize| r == 0 || 1.0 - ibeta(0.5, r as f64, (n - r + 1) as f64) <= 0.025;
    let (mut low, mut high) = (0, n / 2 + 1);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low > 0).then_some(low)
}
