use super::super::StatsError;

/// Differences that are all tried with both signs.
const EXACT: usize = 20;
/// Draws of signs where there are more.
const DRAWS: u32 = 100_000;

/// The two-sided p-value of paired differences by sign flips: how often their sum is as far from 0 when each has a
/// random sign. Every assignment of signs is counted up to 20 differences that are not 0, with more of them 100,000
/// drawn from `seed`, the one seen included.
///
/// Sources: Fisher 1935; Phipson, Smyth 2010 for the drawn ones.
///
/// # Errors
/// A difference outside [−1, 1].
///
/// ```
/// use aitest_runtime::stats::sign_flip;
///
/// assert_eq!(sign_flip(&[-0.1, -0.2, -0.4, -0.1], 1)?, 0.125); // 2 of 16: all negative, all positive
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn sign_flip(differences: &[f64], seed: u64) -> Result<f64, StatsError> {
    for &value in differences {
        if !(-1.0..=1.0).contains(&value) {
            let accepted = "a difference of rates from -1 to 1";
            return Err(StatsError::OutOfRange { name: "difference", value, accepted });
        }
    }
    let sizes: Vec<f64> = differences.iter().map(|value| value.abs()).filter(|size| *size > 0.0).collect();
    let total: f64 = sizes.iter().sum();
    // Equal sums may differ in their last digits.
    let seen = differences.iter().sum::<f64>().abs() - 1e-9 * total;
    Ok(if sizes.len() <= EXACT { exact(&sizes, seen) } else { drawn(&sizes, seen, seed) })
}

/// All sums of one half beside those of the other.
fn exact(sizes: &[f64], seen: f64) -> f64 {
    let (left, right) = sizes.split_at(sizes.len() / 2);
    let mut right = sums(right);
    right.sort_unstable_by(f64::total_cmp);
    let as_far = |sum: f64| {
        let low = right.partition_point(|other| sum + other <= -seen);
        let high = right.partition_point(|other| sum + other < seen);
        // At 0 both ends meet.
        right.len() - high.saturating_sub(low)
    };
    let count: usize = sums(left).into_iter().map(as_far).sum();
    count as f64 / 2.0_f64.powi(i32::try_from(sizes.len()).unwrap_or(i32::MAX))
}

fn sums(sizes: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for size in sizes {
        sums = sums.iter().flat_map(|sum| [sum - size, sum + size]).collect();
    }
    sums
}

fn drawn(sizes: &[f64], seen: f64, seed: u64) -> f64 {
    let mut state = seed;
    let mut bits = (0_u64, 0_u32);
    let mut sign = || {
        if bits.1 == 0 {
            bits = (split_mix(&mut state), 64);
        }
        let is_up = bits.0 & 1 == 1;
        bits = (bits.0 >> 1, bits.1 - 1);
        if is_up { 1.0 } else { -1.0 }
    };
    let as_far = (0..DRAWS).filter(|_| sizes.iter().map(|size| sign() * size).sum::<f64>().abs() >= seen).count();
    (as_far + 1) as f64 / f64::from(DRAWS + 1)
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
