use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A rate above 0 % and up to 100 %, exact to a millionth of a percent.
///
/// Thresholds are held as decimals because ⌈rate · n⌉ is wrong in floating point: `0.07 * 100.0` is above 7.
/// Users write percent, with or without the sign. A value from above 0 up to 1 is refused, since `0.8` is more often
/// meant as 80 % than as 0.8 %.
///
/// ```
/// use aitest_runtime::record::Percent;
///
/// let rate: Percent = "80".parse()?;
/// assert_eq!(rate, "80 %".parse()?);
/// assert_eq!(rate.to_string(), "80 %");
/// assert_eq!(rate.of(5), 4);
/// assert!("0.8".parse::<Percent>().is_err());
/// # Ok::<(), aitest_runtime::record::PercentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Percent(u32);

/// Micro-percent of one percent.
const ONE: u32 = 1_000_000;

impl Percent {
    /// 100 %.
    pub const ALL: Percent = Percent(100 * ONE);

    /// `micro` millionths of a percent, from 1 to 100,000,000; `None` outside.
    pub const fn from_micro_percent(micro: u32) -> Option<Self> {
        if micro >= 1 && micro <= 100 * ONE { Some(Percent(micro)) } else { None }
    }

    /// The rate in millionths of a percent, from 1 to 100,000,000.
    pub const fn micro_percent(self) -> u32 {
        self.0
    }

    /// The rate as a fraction in (0, 1], for statistics that are not exact anyway.
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / f64::from(100 * ONE)
    }

    /// The least whole number that is at least this rate of `n`: ⌈rate · n⌉, exact.
    pub fn of(self, n: u64) -> u64 {
        let passes = (u128::from(self.0) * u128::from(n)).div_ceil(u128::from(100 * ONE));
        // The rate is at most 1, so the result is at most `n`.
        u64::try_from(passes).unwrap_or(n)
    }

    /// The greatest whole number that is at most this rate of `n`: ⌊rate · n⌋, exact.
    pub fn floor_of(self, n: u64) -> u64 {
        u64::try_from(u128::from(self.0) * u128::from(n) / u128::from(100 * ONE)).unwrap_or(n)
    }
}

impl FromStr for Percent {
    type Err = PercentError;

    fn from_str(text: &str) -> Result<Self, PercentError> {
        let value = text.trim();
        let number = value.strip_suffix('%').unwrap_or(value).trim_end();
        let refuse = |problem| Err(PercentError { value: value.to_owned(), problem });
        let (negative, digits) = match number.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, number),
        };
        let micro = match parse_micro(digits) {
            Ok(micro) if negative || micro == 0 => return refuse(PercentProblem::NotAboveZero),
            Ok(micro) => micro,
            Err(problem) => return refuse(problem),
        };
        if micro <= ONE {
            return refuse(PercentProblem::LooksLikeFraction { meant: Percent(micro * 100) });
        }
        Percent::from_micro_percent(micro).map_or_else(|| refuse(PercentProblem::AboveHundred), Ok)
    }
}

/// Decimal digits with at most one point, in micro-percent. Saturates.
fn parse_micro(text: &str) -> Result<u32, PercentProblem> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && decimals.is_empty() || !all_digits(whole) || !all_digits(decimals) {
        return Err(PercentProblem::NotANumber);
    }
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 6 {
        return Err(PercentProblem::TooPrecise);
    }
    let digits = format!("{whole}{decimals:0<6}");
    Ok(digits.bytes().fold(0_u32, |micro, b| micro.saturating_mul(10).saturating_add(u32::from(b - b'0'))))
}

/// `80 %`, `99.95 %`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.decimal())
    }
}

impl Percent {
    fn decimal(self) -> String {
        let text = format!("{}.{:06}", self.0 / ONE, self.0 % ONE);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// A decimal string in percent: `"99.95"`.
impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.decimal())
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        // What was written by `Serialize` may be a rate up to 1 %, made by `from_micro_percent`.
        parse_micro(&text)
            .ok()
            .and_then(Percent::from_micro_percent)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a rate above 0 and up to 100 percent")))
    }
}

/// A text that is not a [`Percent`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PercentError {
    /// The text, without surrounding spaces.
    pub value: String,
    /// What is wrong with it.
    pub problem: PercentProblem,
}

/// What is wrong with a text that should be a [`Percent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PercentProblem {
    /// Not decimal digits.
    NotANumber,
    /// 0 or below.
    NotAboveZero,
    /// Above 0 and up to 1.
    LooksLikeFraction {
        /// The same number as a fraction of 1.
        meant: Percent,
    },
    /// Above 100.
    AboveHundred,
    /// More than six decimals.
    TooPrecise,
}

impl fmt::Display for PercentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = &self.value;
        match self.problem {
            PercentProblem::NotANumber => write!(f, "`{value}` is not a number; write percent, such as 80 or \"80%\""),
            PercentProblem::NotAboveZero => write!(f, "`{value}` is not above 0; write percent, such as 80"),
            PercentProblem::LooksLikeFraction { meant } => {
                let number = value.trim_end_matches('%').trim_end();
                write!(f, "{number} would mean {number} %; write {}", meant.decimal())
            }
            PercentProblem::AboveHundred => write!(f, "`{value}` is over 100 %; write percent up to 100"),
            PercentProblem::TooPrecise => write!(f, "`{value}` has more than 6 decimals; write at most 6"),
        }
    }
}

impl std::error::Error for PercentError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Percent, String> {
        text.parse::<Percent>().map_err(|error| error.to_string())
    }

    #[test]
    fn what_users_write() {
        for (text, micro, shown) in [
            ("80", 80_000_000, "80 %"),
            ("80%", 80_000_000, "80 %"),
            (" 80.5 % ", 80_500_000, "80.5 %"),
            ("99.95", 99_950_000, "99.95 %"),
            ("100.000000000", 100_000_000, "100 %"),
            ("1.000001", 1_000_001, "1.000001 %"),
            ("007", 7_000_000, "7 %"),
        ] {
            let rate = parse(text).unwrap();
            assert_eq!((rate.micro_percent(), rate.to_string().as_str()), (micro, shown), "{text}");
        }
    }

    #[test]
    fn what_is_refused_and_why() {
        for (text, message) in [
            ("0.8", "0.8 would mean 0.8 %; write 80"),
            ("1", "1 would mean 1 %; write 100"),
            ("0.005%", "0.005 would mean 0.005 %; write 0.5"),
            ("120", "`120` is over 100 %; write percent up to 100"),
            ("99999999999999999999", "`99999999999999999999` is over 100 %; write percent up to 100"),
            ("0", "`0` is not above 0; write percent, such as 80"),
            ("-5", "`-5` is not above 0; write percent, such as 80"),
            ("80.1234567", "`80.1234567` has more than 6 decimals; write at most 6"),
        ] {
            assert_eq!(parse(text), Err(message.to_owned()), "{text}");
        }
        for text in ["", " ", ".", "%", "abc", "NaN", "inf", "8e1", "+80", "--5", "80%%", "8 0", "1_000", "٨٠", "80,5"]
        {
            let error = text.parse::<Percent>().unwrap_err();
            assert_eq!(error.problem, PercentProblem::NotANumber, "{text:?}");
        }
    }

    #[test]
    fn floating_traps() {
        for (rate, n, passes) in [("7", 100, 7), ("29", 100, 29), ("57", 100, 57), ("80", 1, 1), ("100", 3, 3)] {
            assert_eq!(parse(rate).unwrap().of(n), passes, "{rate} % of {n}");
        }
        assert_eq!(Percent::ALL.of(u64::MAX), u64::MAX);
        assert_eq!(parse("33.333333").unwrap().of(3), 1);
        assert_eq!(parse("33.333334").unwrap().of(3), 2);
    }

    proptest! {
        #[test]
        fn every_rate_survives_the_journal(micro in 1_u32..=100_000_000) {
            let rate = Percent::from_micro_percent(micro).unwrap();
            let json = serde_json::to_string(&rate).unwrap();
            prop_assert_eq!(serde_json::from_str::<Percent>(&json).unwrap(), rate);
            if micro > 1_000_000 {
                prop_assert_eq!(rate.to_string().parse(), Ok(rate));
            }
        }

        #[test]
        fn of_is_the_least_count_that_reaches_the_rate(micro in 1_u32..=100_000_000, n in 0_u64..=1_000_000) {
            let passes = Percent::from_micro_percent(micro).unwrap().of(n);
            let wanted = u64::from(micro) * n;
            prop_assert!(passes * 100_000_000 >= wanted);
            prop_assert!(passes == 0 || (passes - 1) * 100_000_000 < wanted);
        }

        #[test]
        fn any_text_is_a_rate_or_an_error(text in ".*") {
            let _ = text.parse::<Percent>().map_err(|error| error.to_string());
        }
    }
}
