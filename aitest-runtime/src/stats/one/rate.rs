use crate::record::Percent;

/// `k / n`: the share of iterations that passed. `None` where it is undefined: for n = 0 and for k > n.
///
/// ```
/// use aitest_runtime::stats::pass_rate;
///
/// assert_eq!(pass_rate(3, 4), Some(0.75));
/// assert_eq!(pass_rate(0, 0), None);
/// ```
pub fn pass_rate(k: u64, n: u64) -> Option<f64> {
    (n > 0 && k <= n).then(|| k as f64 / n as f64)
}

/// The least number of passes of `n` that reaches `rate`: ⌈rate · n⌉, exact.
///
/// ```
/// use aitest_runtime::stats::required_passes;
///
/// assert_eq!(required_passes("7".parse()?, 100), 7); // 0.07 * 100.0 is above 7
/// assert_eq!(required_passes("80".parse()?, 3), 3);
/// # Ok::<(), aitest_runtime::record::PercentError>(())
/// ```
pub fn required_passes(rate: Percent, n: u64) -> u64 {
    rate.of(n)
}

/// `67 %`: rounded to whole percent, but never to 0 % or 100 % when it is not; `—` when nothing was graded.
///
/// ```
/// use aitest_runtime::stats::percent_text;
///
/// assert_eq!(percent_text(2, 3), "67 %");
/// assert_eq!(percent_text(999, 1000), ">99 %");
/// assert_eq!(percent_text(0, 0), "—");
/// ```
pub fn percent_text(passed: u64, graded: u64) -> String {
    let (passed, graded) = (u128::from(passed), u128::from(graded));
    if graded == 0 {
        return "—".to_owned();
    }
    let rounded = (passed * 200 + graded) / (graded * 2);
    match rounded {
        0 if passed > 0 => "<1 %".to_owned(),
        100 if passed < graded => ">99 %".to_owned(),
        percent => format!("{percent} %"),
    }
}
