use std::fmt;

/// A question to the statistics that has no answer, because of its arguments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StatsError {
    /// Nothing was counted: n is 0.
    NothingCounted,
    /// k is above n.
    MorePassed {
        /// k
        passed: u64,
        /// n
        counted: u64,
    },
    /// A number outside its range, or NaN.
    OutOfRange {
        /// The argument's name.
        name: &'static str,
        /// What was given.
        value: f64,
        /// What is accepted, in words.
        accepted: &'static str,
    },
    /// Fewer than the answer needs.
    TooFew {
        /// What there is too little of: `tests`.
        of: &'static str,
        /// How many there are.
        given: u64,
        /// How many are needed.
        needed: u64,
    },
    /// More than can be answered.
    TooMany {
        /// What there is too much of: `iterations`.
        of: &'static str,
        /// The most that can be answered.
        most: u64,
    },
    /// Two lists that belong together differ in length.
    Unpaired {
        /// The length of the first.
        first: usize,
        /// The length of the second.
        second: usize,
    },
}

impl fmt::Display for StatsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StatsError::NothingCounted => f.write_str("nothing was counted"),
            StatsError::MorePassed { passed, counted } => {
                write!(f, "{passed} passed of {counted} counted: no more can pass than are counted")
            }
            StatsError::OutOfRange { name, value, accepted } => write!(f, "{name} is {value}, accepted is {accepted}"),
            StatsError::TooFew { of, given, needed } => write!(f, "{given} {of}, at least {needed} are needed"),
            StatsError::TooMany { of, most } => write!(f, "more than {most} {of} would be needed"),
            StatsError::Unpaired { first, second } => {
                write!(f, "{first} values beside {second}: each needs its counterpart")
            }
        }
    }
}

impl std::error::Error for StatsError {}

/// `value` if it lies in the open interval (0, 1); NaN does not.
pub(super) fn fraction(name: &'static str, value: f64) -> Result<f64, StatsError> {
    let accepted = "a fraction above 0 and below 1";
    if value > 0.0 && value < 1.0 { Ok(value) } else { Err(StatsError::OutOfRange { name, value, accepted }) }
}

/// `value` if it lies in [0, 1]; NaN does not.
pub(super) fn rate(name: &'static str, value: f64) -> Result<f64, StatsError> {
    let accepted = "a fraction from 0 to 1";
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(StatsError::OutOfRange { name, value, accepted }) }
}

/// k / n for 0 ≤ k ≤ n and n > 0.
pub(super) fn ratio(k: u64, n: u64) -> Result<f64, StatsError> {
    match (k, n) {
        (0, 0) => Err(StatsError::NothingCounted),
        _ if k > n => Err(StatsError::MorePassed { passed: k, counted: n }),
        _ => Ok(k as f64 / n as f64),
    }
}
