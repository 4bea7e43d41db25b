use super::ConfigError;
use crate::record::{Percent, Sprt, StopRule};

/// A stop rule as written: the rates of a sequential test may be left to the test's threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StopText {
    Never,
    Decided,
    Sprt(SprtText),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SprtText {
    p0: Option<Percent>,
    p1: Option<Percent>,
    alpha: Option<Percent>,
    beta: Option<Percent>,
}

/// `never`, `decided`, `sprt`, `sprt(p0 = 80%, p1 = 90%, alpha = 5%, beta = 5%)` with any of the four.
pub(super) fn stop(text: &str) -> Result<StopText, String> {
    let wrong = || {
        format!(
            "`{text}` is not accepted; write `never`, `decided`, `sprt`, or `sprt(p0 = 80%, p1 = 90%, alpha = 5%, \
             beta = 5%)` with any of the four"
        )
    };
    match text.trim() {
        "never" => return Ok(StopText::Never),
        "decided" => return Ok(StopText::Decided),
        "sprt" => return Ok(StopText::Sprt(SprtText::default())),
        _ => {}
    }
    let inner = text.trim().strip_prefix("sprt").map(str::trim_start);
    let inner = inner.and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')')).ok_or_else(wrong)?;
    let mut sprt = SprtText::default();
    for part in inner.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or_else(wrong)?;
        let place = match name.trim() {
            "p0" => &mut sprt.p0,
            "p1" => &mut sprt.p1,
            "alpha" => &mut sprt.alpha,
            "beta" => &mut sprt.beta,
            _ => return Err(wrong()),
        };
        if place.is_some() {
            return Err(format!("`{}` stands twice in `{text}`", name.trim()));
        }
        *place = Some(signed(value.trim()).ok_or_else(wrong)?);
    }
    check(&sprt, text)?;
    Ok(StopText::Sprt(sprt))
}

/// A percentage with its sign, which may be 1 % or less.
fn signed(text: &str) -> Option<Percent> {
    let digits = text.strip_suffix('%')?.trim_end();
    serde_json::from_value(digits.into()).ok()
}

const HALF: u32 = 50_000_000;

fn check(sprt: &SprtText, text: &str) -> Result<(), String> {
    for (name, error) in [("alpha", sprt.alpha), ("beta", sprt.beta)] {
        if error.is_some_and(|error| error.micro_percent() >= HALF) {
            return Err(format!("`{name}` in `{text}` is a chance to be wrong; write one below 50%"));
        }
    }
    match (sprt.p0, sprt.p1) {
        (Some(p0), Some(p1)) if p0 >= p1 => Err(below(p0, p1, text)),
        (Some(Percent::ALL), _) => Err(below(Percent::ALL, Percent::ALL, text)),
        _ => Ok(()),
    }
}

fn below(p0: Percent, p1: Percent, text: &str) -> String {
    format!("`{text}` tells p0 = {p0} from p1 = {p1}: p0, the rate to catch, must be below p1, the wanted rate")
}

/// What p0 lies below p1 where nobody says otherwise, in millionths of a percent.
const DISTANCE: u32 = 10_000_000;
const ERROR: u32 = 5_000_000;

impl StopText {
    /// The rule for a test with this threshold: p1 is the threshold, p0 ten points below it, or half of it up to 20 %,
    /// α and β 5 %.
    ///
    /// # Errors
    /// Rates that contradict each other, the threshold, or a confidence.
    pub(super) fn rule(self, threshold: Percent, confidence: Option<Percent>) -> Result<StopRule, ConfigError> {
        let given = match self {
            StopText::Never => return Ok(StopRule::Never),
            StopText::Decided => return Ok(StopRule::Decided),
            StopText::Sprt(given) => given,
        };
        let percent = |micro: u32| Percent::from_micro_percent(micro.max(1)).unwrap_or(Percent::ALL);
        let p1 = given.p1.unwrap_or(threshold);
        let usual = p1.micro_percent().saturating_sub(DISTANCE).max(p1.micro_percent() / 2);
        let p0 = given.p0.unwrap_or_else(|| percent(usual));
        if p0 >= p1 {
            return Err(ConfigError::new("stop", below(p0, p1, "sprt")));
        }
        if p1 < threshold {
            let message = format!(
                "`sprt` would accept p1 = {p1}, which is below the test's threshold of {threshold}: raise p1, or lower \
                 min_pass_rate"
            );
            return Err(ConfigError::new("stop", message));
        }
        if let Some(confidence) = confidence.filter(|_| threshold < Percent::ALL) {
            let message = format!(
                "`sprt` is judged by its own alpha and beta, not by the confidence of {confidence}: write \
                 stop = \"decided\", or leave one of them out"
            );
            return Err(ConfigError::new("stop", message));
        }
        let error = |given: Option<Percent>| given.unwrap_or_else(|| percent(ERROR));
        Ok(StopRule::Sprt(Sprt { p0, p1, alpha: error(given.alpha), beta: error(given.beta) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str, threshold: &str) -> Result<StopRule, String> {
        stop(text)?.rule(threshold.parse().unwrap(), None).map_err(|error| error.to_string())
    }

    fn sprt(text: &str, threshold: &str) -> [String; 4] {
        match rule(text, threshold).unwrap() {
            StopRule::Sprt(sprt) => [sprt.p0, sprt.p1, sprt.alpha, sprt.beta].map(|rate| rate.to_string()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_sequential_test_is_not_weaker_than_the_test_s_threshold_and_confidence() {
        let low = rule("sprt(p0 = 50%, p1 = 60%)", "90").unwrap_err();
        assert!(low.contains("`sprt` would accept p1 = 60 %, which is below the test's threshold of 90 %"), "{low}");
        assert!(rule("sprt(p0 = 70%, p1 = 95%)", "100").is_err(), "without a threshold all must pass");
        let [threshold, all, confidence] = ["80", "100", "95"].map(|text| text.parse::<Percent>().unwrap());
        let beside =
            |threshold| stop("sprt").unwrap().rule(threshold, Some(confidence)).map_err(|error| error.to_string());
        assert!(beside(threshold).unwrap_err().contains("not by the confidence of 95 %"));
        assert!(beside(all).is_ok(), "a confidence says nothing of 100 %");
    }

    #[test]
    fn rates_are_taken_from_the_threshold() {
        assert_eq!(sprt("sprt", "80"), ["70 %", "80 %", "5 %", "5 %"]);
        assert_eq!(sprt("sprt", "100"), ["90 %", "100 %", "5 %", "5 %"]);
        assert_eq!(sprt("sprt()", "12"), ["6 %", "12 %", "5 %", "5 %"]);
        assert_eq!(sprt(" sprt( p0=50% , alpha = 1% )", "80"), ["50 %", "80 %", "1 %", "5 %"]);
        assert_eq!(
            sprt("sprt(p0 = 90%, p1 = 99.5%, alpha = 0.1%, beta = 20%)", "80"),
            ["90 %", "99.5 %", "0.1 %", "20 %"]
        );
        assert_eq!(rule("decided", "80"), Ok(StopRule::Decided));
        assert_eq!(rule("never", "80"), Ok(StopRule::Never));
    }

    #[test]
    fn what_tells_nothing_apart_is_refused() {
        for text in [
            "",
            "always",
            "sprt(",
            "sprt(p0)",
            "sprt(p2 = 5%)",
            "sprt(p0 = 80)",
            "sprt(p0 = 120%)",
            "sprt(p0 = 0%)",
            "sprt(p0 = 90%, p1 = 90%)",
            "sprt(p0 = 100%)",
            "sprt(alpha = 50%)",
            "sprt(beta = 5%, beta = 5%)",
            "decided(p0 = 5%)",
        ] {
            assert!(stop(text).is_err(), "{text}");
        }
        let error = rule("sprt(p0 = 85%)", "80").unwrap_err();
        assert!(error.contains("p0 = 85 % from p1 = 80 %"), "{error}");
    }
}
