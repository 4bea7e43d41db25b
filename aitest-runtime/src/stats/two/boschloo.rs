use super::super::StatsError;
use super::super::special::ln_point;
use super::fisher::{Alternative, checked, fisher_exact};

/// The most iterations of both results together. Above it Fisher's test is as good.
const MOST: u64 = 2_000;
/// Rates that are tried before the best ones are refined.
const GRID: u32 = 400;

/// The p-value of Boschloo's exact test of a drop: that k1 of n1 comes from a lower rate than k0 of n0.
///
/// Over all rates π that both may have, the greatest chance of a result whose [`fisher_exact`] is at most the one
/// seen. Never above Fisher's p-value, so that it finds more. The maximum is searched: about six digits hold.
///
/// Source: Boschloo 1970.
///
/// # Errors
/// n0 = 0 or n1 = 0, k0 > n0 or k1 > n1, more than 2,000 iterations together.
///
/// ```
/// use aitest_runtime::stats::boschloo_exact;
///
/// let p = boschloo_exact(10, 10, 6, 10)?; // 10/10 before, 6/10 now
/// assert_eq!(format!("{p:.4}"), "0.0211");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn boschloo_exact(k0: u64, n0: u64, k1: u64, n1: u64) -> Result<f64, StatsError> {
    checked(k0, n0, k1, n1)?;
    if n0.saturating_add(n1) > MOST {
        return Err(StatsError::TooMany { of: "iterations", most: MOST });
    }
    let region = Region::new(k0, n0, k1, n1)?;
    let mut best: Vec<(f64, u32)> = (1..GRID).map(|i| (region.chance(f64::from(i) / f64::from(GRID)), i)).collect();
    best.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let step = 1.0 / f64::from(GRID);
    let refined =
        best.iter().take(5).map(|(_, i)| region.peak((f64::from(*i) - 1.0) * step, (f64::from(*i) + 1.0) * step));
    Ok(refined.fold(0.0, f64::max).min(1.0))
}

/// The results that count as at least as strong a drop as the one seen.
struct Region {
    n0: u64,
    n1: u64,
    /// For k0 = 0, 1, …: how many of k1 = 0, 1, … belong to it.
    sizes: Vec<u64>,
}

impl Region {
    fn new(k0: u64, n0: u64, k1: u64, n1: u64) -> Result<Self, StatsError> {
        let seen = fisher_exact(k0, n0, k1, n1, Alternative::Less)? * (1.0 + 1e-13);
        let mut sizes = Vec::new();
        // With more passes before, more passes now are a drop as well.
        let mut size = 0;
        for before in 0..=n0 {
            while size <= n1 && fisher_exact(before, n0, size, n1, Alternative::Less)? <= seen {
                size += 1;
            }
            sizes.push(size);
        }
        Ok(Region { n0, n1, sizes })
    }

    /// The chance of the region when both rates are `p`, in (0, 1).
    fn chance(&self, p: f64) -> f64 {
        let point = |k: u64, n: u64| ln_point(k as f64, n as f64, p, 1.0 - p).exp();
        let mut below = 0.0;
        let mut counted = 0;
        let mut sum = 0.0;
        for (before, &size) in self.sizes.iter().enumerate() {
            while counted < size {
                below += point(counted, self.n1);
                counted += 1;
            }
            sum += point(before as u64, self.n0) * below;
        }
        sum
    }

    /// The greatest chance between two rates, by golden section.
    fn peak(&self, from: f64, to: f64) -> f64 {
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        let (mut low, mut high) = (from.max(1e-9), to.min(1.0 - 1e-9));
        let mut best = 0.0_f64;
        for _ in 0..40 {
            let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
            let (at_left, at_right) = (self.chance(left), self.chance(right));
            best = best.max(at_left).max(at_right);
            if at_left < at_right {
                low = left;
            } else {
                high = right;
            }
        }
        best
    }
}
