use super::super::StatsError;
use super::super::error::ratio;
use super::super::two::Hypergeometric;

/// The results of two agents on one test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestPair {
    /// Passes of the first.
    pub k0: u64,
    /// Graded iterations of the first.
    pub n0: u64,
    /// Passes of the second.
    pub k1: u64,
    /// Graded iterations of the second.
    pub n1: u64,
}

/// The most places of the distribution, and the most steps to fill it.
const MOST_PLACES: u64 = 200_000;
const MOST_STEPS: u64 = 1_000_000_000;

/// The two-sided p-value of the mean difference of two agents when each test's iterations are dealt to them anew:
/// exact, for few tests with several iterations each, where [`sign_flip`](super::super::sign_flip) has few signs to
/// flip.
///
/// Given a test's passes, how many of them fall to the second agent is hypergeometric; the distribution of the sum is
/// the convolution of the tests' distributions, in whole numbers.
///
/// # Errors
/// No tests, counts that mean nothing, iteration counts so different that the distribution has over 200,000 places.
///
/// ```
/// use aitest_runtime::stats::{TestPair, within_test_permutation};
///
/// let pair = |k0, k1| TestPair { k0, n0: 10, k1, n1: 10 };
/// let p = within_test_permutation(&[pair(10, 6), pair(9, 5)])?;
/// assert_eq!(format!("{p:.4}"), "0.0088");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn within_test_permutation(pairs: &[TestPair]) -> Result<f64, StatsError> {
    let lattice = Lattice::of(pairs)?;
    let mut chances = vec![1.0];
    let mut steps_taken = 0_u64;
    for (pair, &step) in pairs.iter().zip(&lattice.steps) {
        let dealt = Hypergeometric::new(pair.k0 + pair.k1, pair.n1, pair.n0 + pair.n1);
        steps_taken = steps_taken.saturating_add(chances.len() as u64 * dealt.chances.len() as u64);
        if steps_taken > MOST_STEPS {
            return Err(StatsError::TooMany { of: "steps", most: MOST_STEPS });
        }
        let mut next = vec![0.0; chances.len() + (dealt.chances.len() - 1) * step as usize];
        for (i, more) in dealt.chances.iter().enumerate() {
            for (place, chance) in chances.iter().enumerate() {
                next[place + i * step as usize] += chance * more;
            }
        }
        chances = next;
    }
    let as_far = chances.iter().enumerate().filter(|(place, _)| lattice.is_as_far(*place));
    Ok(as_far.map(|(_, chance)| chance).sum::<f64>().min(1.0))
}

/// The differences' sum in whole units.
struct Lattice {
    /// How far the sum moves with one more pass of the second agent, by test, in places.
    steps: Vec<u64>,
    /// Units of a place.
    unit: i128,
    /// The sum at place 0, in units.
    first: i128,
    /// The sum seen, without its sign.
    seen: i128,
}

impl Lattice {
    fn of(pairs: &[TestPair]) -> Result<Self, StatsError> {
        if pairs.is_empty() {
            return Err(StatsError::NothingCounted);
        }
        let too_many = StatsError::TooMany { of: "places", most: MOST_PLACES };
        let mut common = 1_u128;
        for pair in pairs {
            ratio(pair.k0, pair.n0)?;
            ratio(pair.k1, pair.n1)?;
            let product = u128::from(pair.n0) * u128::from(pair.n1);
            common = common / gcd(common, product) * product;
            if common > 1_u128 << 60 {
                return Err(too_many);
            }
        }
        let scale = |pair: &TestPair| common / (u128::from(pair.n0) * u128::from(pair.n1));
        let moves: Vec<u128> = pairs.iter().map(|pair| scale(pair) * u128::from(pair.n0 + pair.n1)).collect();
        let unit = moves.iter().fold(0, |unit, step| gcd(unit, *step));
        let difference = |pair: &TestPair, k1: u64| {
            let k0 = pair.k0 + pair.k1 - k1;
            let cross = |k: u64, n: u64| (u128::from(k) * u128::from(n)) as i128;
            scale(pair) as i128 * (cross(k1, pair.n0) - cross(k0, pair.n1))
        };
        let least = |pair: &TestPair| (pair.k0 + pair.k1).saturating_sub(pair.n0);
        let range = |pair: &TestPair| u128::from((pair.k0 + pair.k1).min(pair.n1) - least(pair));
        let places: u128 = pairs.iter().zip(&moves).map(|(pair, step)| step / unit * range(pair)).sum();
        if places > u128::from(MOST_PLACES) {
            return Err(too_many);
        }
        Ok(Lattice {
            steps: moves.iter().map(|step| (step / unit) as u64).collect(),
            unit: unit as i128,
            first: pairs.iter().map(|pair| difference(pair, least(pair))).sum(),
            seen: pairs.iter().map(|pair| difference(pair, pair.k1)).sum::<i128>().abs(),
        })
    }

    fn is_as_far(&self, place: usize) -> bool {
        (self.first + place as i128 * self.unit).abs() >= self.seen
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}
