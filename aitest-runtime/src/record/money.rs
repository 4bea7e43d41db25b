use std::fmt;
use std::iter::Sum;
use std::ops::Add;

use serde::{Deserialize, Serialize};

/// US dollars as integer pico-dollars (10⁻¹² $), so that µ$ per million tokens × tokens is exact.
///
/// An unknown cost is `Option::None`, never zero. Sums saturate at 18 million dollars.
///
/// ```
/// # use aitest_runtime::record as aitest;
/// use aitest::Cost;
///
/// let cost = Cost::from_pico_usd(1_250_000_000);
/// assert_eq!(cost.to_string(), "$0.0013");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cost(u64);

impl Cost {
    /// A cost in 10⁻¹² dollars.
    pub const fn from_pico_usd(pico: u64) -> Self {
        Cost(pico)
    }

    /// A cost in dollars; `None` when `usd` is negative or not finite.
    pub fn from_usd(usd: f64) -> Option<Self> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked; the cast saturates")]
        (usd.is_finite() && usd >= 0.0).then(|| Cost((usd * 1e12).round() as u64))
    }

    /// The cost in 10⁻¹² dollars.
    pub const fn pico_usd(self) -> u64 {
        self.0
    }

    /// The cost in dollars, for display.
    #[expect(clippy::cast_precision_loss, reason = "for display")]
    pub fn usd(self) -> f64 {
        self.0 as f64 / 1e12
    }
}

impl Add for Cost {
    type Output = Cost;

    fn add(self, other: Cost) -> Cost {
        Cost(self.0.saturating_add(other.0))
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Cost>>(costs: I) -> Cost {
        costs.fold(Cost(0), Add::add)
    }
}

/// Four decimals below ten dollars, two from there on; a cost under $0.00005 keeps two significant digits.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usd = self.usd();
        match usd {
            _ if self.0 == 0 => f.write_str("$0.0000"),
            _ if usd < 0.000_05 => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 13")]
                let digits = (1.0 - usd.log10().floor()) as usize;
                write!(f, "${usd:.digits$}")
            }
            _ if usd < 10.0 => write!(f, "${usd:.4}"),
            _ => write!(f, "${usd:.2}"),
        }
    }
}
