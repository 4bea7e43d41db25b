//! Differences, p-values and ratios in words.

use super::results::{Interaction, Pair, PairResult, Ratio};
use super::text::grouped;

/// `20`, `0.4`, `-7`: a difference of rates in percentage points.
pub(crate) fn points(difference: f64) -> String {
    let value = difference * 100.0;
    let text = if value.abs() < 0.95 { format!("{value:.1}") } else { format!("{value:.0}") };
    match text.as_str() {
        "0.0" | "-0.0" => "0".to_owned(),
        _ => text,
    }
}

/// `-3 to 43`
pub(crate) fn points_interval([low, high]: [f64; 2]) -> String {
    format!("{} to {}", points(low), points(high))
}

/// `0.031`, `<0.001`
pub(crate) fn p_text(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { format!("{p:.3}") }
}

/// `87%`, but never 0 % or 100 % when it is not.
pub(crate) fn whole_percent(rate: f64) -> String {
    match (rate * 100.0).round() {
        rounded if rounded >= 100.0 && rate < 1.0 => ">99%".to_owned(),
        rounded if rounded <= 0.0 && rate > 0.0 => "<1%".to_owned(),
        rounded => format!("{rounded:.0}%"),
    }
}

/// `1.4×`, `0.25×`
pub(crate) fn ratio_text(ratio: f64) -> String {
    match ratio {
        ratio if ratio >= 10.0 => format!("{ratio:.0}×"),
        ratio if ratio >= 1.0 => format!("{ratio:.1}×"),
        ratio if ratio >= 0.01 => format!("{ratio:.2}×"),
        _ => "<0.01×".to_owned(),
    }
}

/// `1.4× the cost`, and of how many tests where it is not of all `tests`. Without `what` the ratio alone.
pub(crate) fn ratio_of(ratio: Option<Ratio>, what: &str, tests: u64) -> Option<String> {
    let ratio = ratio?;
    let of = if ratio.tests < tests { format!(" ({} of {tests} tests)", ratio.tests) } else { String::new() };
    Some(format!("{}{what}{of}", ratio_text(ratio.value)))
}

/// `a passes more often than b`
pub(crate) fn finding(pair: &Pair<'_>, first: &str, second: &str) -> String {
    match pair.result.known() {
        Some(PairResult::FirstBetter) => format!("{first} passes more often than {second}"),
        Some(PairResult::SecondBetter) => format!("{second} passes more often than {first}"),
        Some(PairResult::NoEvidence) if pair.difference == Some(0.0) => format!("{first} and {second} pass as often"),
        Some(PairResult::NoEvidence) => format!("no evidence that {first} and {second} differ"),
        _ => format!("{first} and {second} share no test"),
    }
}

/// `24 iterations of each test, or 31 tests, would tell`; what would not be seen where they do not differ. Empty for a
/// pair that is told apart.
pub(crate) fn would_tell(pair: &Pair<'_>) -> String {
    if pair.result.known() != Some(PairResult::NoEvidence) {
        return String::new();
    }
    let iterations = pair.iterations_needed.map(|count| format!("{} iterations of each test", grouped(count)));
    let tests = pair.tests_needed.map(|count| format!("{} tests like these", grouped(count)));
    match (iterations, tests, pair.detectable_difference) {
        (Some(iterations), Some(tests), _) => format!("{iterations}, or {tests}, would tell"),
        (Some(one), None, _) | (None, Some(one), _) => format!("{one} would tell"),
        (None, None, Some(least)) => format!("a difference below {} points would not show", points(least)),
        (None, None, None) => String::new(),
    }
}

/// `model and prompt depend on each other: large less small is 33 points more with verbose than with concise [20 to 45]`
pub(crate) fn interaction_text(found: &Interaction) -> String {
    let [one, other] = &found.factors;
    let [[a, b], [x, y]] = &found.levels;
    // How much more the first level is ahead at x than at y.
    let [low, high] = found.ci;
    let (more, ci, at, than) = match found.difference < 0.0 {
        true => (-found.difference, [-high, -low], y, x),
        false => (found.difference, found.ci, x, y),
    };
    format!(
        "{one} and {other} depend on each other: {a} less {b} is {} points more with {at} than with {than} [{}]",
        points(more),
        points_interval(ci)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_what_matters() {
        let shown: Vec<String> = [0.2, 0.004, -0.066, 0.0, -0.0001, 1.0].map(points).into();
        assert_eq!(shown, ["20", "0.4", "-7", "0", "0", "100"]);
        assert_eq!(points_interval([-0.687, -0.038]), "-69 to -4");
        assert_eq!([0.031, 0.000_4, 1.0].map(p_text), ["0.031", "<0.001", "1.000"]);
        assert_eq!([1.0, 12.4, 0.253, 0.001].map(ratio_text), ["1.0×", "12×", "0.25×", "<0.01×"]);
    }
}
