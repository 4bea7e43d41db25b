use std::fmt;

/// Why a text is not a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecimalProblem {
    NotANumber,
    Negative,
    TooPrecise,
    TooLarge,
}

impl fmt::Display for DecimalProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DecimalProblem::NotANumber => "is not a number",
            DecimalProblem::Negative => "is negative",
            DecimalProblem::TooPrecise => "has too many decimals",
            DecimalProblem::TooLarge => "is too large",
        })
    }
}

/// The decimal number `text` × 10^`power`, which must be whole: `scaled("2.5e-07", 12)` is 250,000.
///
/// Prices never pass through floating point, so none of them drifts.
pub(crate) fn scaled(text: &str, power: i32) -> Result<u64, DecimalProblem> {
    let (negative, text) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| DecimalProblem::NotANumber)?),
        None => (text, 0),
    };
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{decimals}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DecimalProblem::NotANumber);
    }
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    if negative {
        return Err(DecimalProblem::Negative);
    }
    let trailing = digits.len() - digits.trim_end_matches('0').len();
    // Both lengths are those of one line of a file; the sum saturates for hostile exponents.
    let zeros = exponent.saturating_add(power).saturating_add(trailing as i32).saturating_sub(decimals.len() as i32);
    let zeros = u32::try_from(zeros).map_err(|_| DecimalProblem::TooPrecise)?;
    let scale = 10_u64.checked_pow(zeros).ok_or(DecimalProblem::TooLarge)?;
    significant.parse::<u64>().ok().and_then(|n| n.checked_mul(scale)).ok_or(DecimalProblem::TooLarge)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (text, power, wanted) in [
            ("2.5e-07", 12, 250_000),
            ("1.375e-7", 12, 137_500),
            ("0.25", 6, 250_000),
            ("2.0", 6, 2_000_000),
            ("+15", 6, 15_000_000),
            ("0.10", 1, 1),
            ("1e3", 0, 1000),
            ("-0.0", 6, 0),
            ("0e-999999999", 6, 0),
            ("18446744073709551615", 0, u64::MAX),
        ] {
            assert_eq!(scaled(text, power), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_price() {
        use DecimalProblem::{Negative, NotANumber, TooLarge, TooPrecise};
        for (text, problem) in [
            ("", NotANumber),
            (".", NotANumber),
            ("nan", NotANumber),
            ("inf", NotANumber),
            ("1.2.3", NotANumber),
            ("1e", NotANumber),
            ("--1", NotANumber),
            ("-0.25", Negative),
            ("0.0000001", TooPrecise),
            ("1e-2147483648", TooPrecise),
            ("1e2147483647", TooLarge),
            ("18446744073710", TooLarge),
        ] {
            assert_eq!(scaled(text, 6), Err(problem), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn micros_survive(micros in 0_u64..1_000_000_000_000_000) {
            let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
            prop_assert_eq!(scaled(&text, 6), Ok(micros));
        }

        #[test]
        fn any_text_is_a_number_or_an_error(text in "[-+0-9.eE_]{0,30}", power in -20_i32..20) {
            let _ = scaled(&text, power);
        }
    }
}
