use std::time::Duration;

use crate::record::{Cost, ErrorBudget, Percent, PercentError};

/// A whole number in `range`; underscores may group digits.
pub(super) fn count(text: &str, min: u32, max: u32) -> Result<u32, String> {
    let accepted = || format!("`{text}` is not accepted; write a whole number from {min} to {max}");
    let number: u32 = text.trim().replace('_', "").parse().map_err(|_| accepted())?;
    if (min..=max).contains(&number) { Ok(number) } else { Err(accepted()) }
}

pub(super) fn seed(text: &str) -> Result<u64, String> {
    text.trim()
        .replace('_', "")
        .parse()
        .map_err(|_| format!("`{text}` is not accepted; write a whole number from 0 to {}", u64::MAX))
}

pub(super) fn percent(text: &str) -> Result<Percent, String> {
    text.parse().map_err(|error: PercentError| error.to_string())
}

/// A percentage that can be reached but not exceeded: above 1 and below 100.
pub(super) fn confidence(text: &str) -> Result<Percent, String> {
    let value = percent(text)?;
    let full =
        || format!("`{text}` cannot be reached by any number of iterations; write percent below 100, such as 95");
    if value < Percent::ALL { Ok(value) } else { Err(full()) }
}

/// A count, or a percentage with its sign.
pub(super) fn budget(text: &str) -> Result<ErrorBudget, String> {
    if text.trim_end().ends_with('%') {
        return percent(text).map(ErrorBudget::Share);
    }
    count(text, 0, 1_000_000)
        .map(ErrorBudget::Count)
        .map_err(|_| format!("`{text}` is not accepted; write a count like `2`, or a percentage like `10%`"))
}

/// `500ms`, `90s`, `5m`, `1h`, or several of them: `1m30s`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not accepted; write a time above 0 like `500ms`, `90s`, `5m`, `1h` or `1m30s`");
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, tail) = rest.split_at(digits);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let unit_len = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_len);
        let millis = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return Err(wrong()),
        };
        let part = number.checked_mul(millis).map(Duration::from_millis).ok_or_else(wrong)?;
        total = total.checked_add(part).ok_or_else(wrong)?;
        rest = tail;
    }
    if total.is_zero() { Err(wrong()) } else { Ok(total) }
}

/// US dollars above 0: `$2.50`, `2.5`.
pub(super) fn dollars(text: &str) -> Result<Cost, String> {
    let number = text.trim().trim_start_matches('$').replace('_', "");
    let is_plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let cost = number.parse().ok().filter(|usd| is_plain && (0.000_001..=1e6).contains(usd)).and_then(Cost::from_usd);
    cost.ok_or_else(|| {
        format!("`{text}` is not accepted; write US dollars above 0 and up to 1000000 like `$2.50` or `2.5`")
    })
}

pub(super) fn flag(text: &str) -> Result<bool, String> {
    match text.trim() {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => Err(format!("`{text}` is not accepted; write 1 or 0")),
    }
}

/// One of `words`.
pub(super) fn choice<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == text.trim());
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        format!("`{text}` is not accepted; write one of {}", names.join(", "))
    })
}

/// Iteration numbers: `7,13`.
pub(super) fn numbers(text: &str) -> Result<Vec<u32>, String> {
    let mut numbers = text
        .split(',')
        .map(|part| count(part, 1, 1_000_000))
        .collect::<Result<Vec<u32>, String>>()
        .map_err(|_| format!("`{text}` is not accepted; write iteration numbers from 1 up like `7,13`"))?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// What can be the name of a folder.
pub(super) fn run_id(text: &str) -> Result<String, String> {
    let is_name = !text.is_empty()
        && text.len() <= 128
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if is_name {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not accepted; write up to 128 letters, digits, `-` and `_`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration(" 500ms "), Ok(Duration::from_millis(500)));
        for wrong in ["", "90", "s", "0s", "1.5s", "-1s", "1d", "99999999999999999999h", "5 m"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn dollars_are_above_0() {
        let cost = |usd| Ok(Cost::from_usd(usd).unwrap());
        assert_eq!((dollars("$2.50"), dollars(" 2.5 "), dollars("1_000")), (cost(2.5), cost(2.5), cost(1000.0)));
        for wrong in ["", "$", "0", "-1", "2.50 €", "1e3", "inf", "NaN", "0.0000001", "2000000", "2,50"] {
            assert!(dollars(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_confidence_is_below_100() {
        assert_eq!(confidence("95%"), percent("95"));
        for wrong in ["100", "0", "0.95", "101", "-5", "high", ""] {
            assert!(confidence(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn counts_have_a_range() {
        assert_eq!(count("1_000", 1, 1_000_000), Ok(1000));
        for wrong in ["0", "abc", "-1", "1000001", "", "1.0"] {
            let message = count(wrong, 1, 1_000_000).unwrap_err();
            assert!(message.contains("from 1 to 1000000"), "{message}");
        }
    }

    #[test]
    fn only_takes_numbers_once_and_in_order() {
        assert_eq!(numbers("13, 7,7"), Ok(vec![7, 13]));
        assert!(numbers("0").is_err() && numbers("a").is_err() && numbers("1,,2").is_err());
    }

    #[test]
    fn a_run_id_is_the_name_of_a_folder() {
        assert!(run_id("nightly-2026_11").is_ok());
        for wrong in ["", "..", "a/b", "a b", "ä"] {
            assert!(run_id(wrong).is_err(), "{wrong}");
        }
    }
}
