//! `gate = "p95(duration) <= 20s"`: the conditions of a test, read here so that an error stands at its text.

use syn::parse::{ParseStream, Parser};
use syn::{Error, Lit, LitStr, token};

use crate::ast::{Comparison, Gate, Measure, Quantity, Statistic};
use crate::attr::{Argument, split};
use crate::errors::Errors;

use super::values::{decimal, literal, milliseconds, wrong};

const TAKES: &str = "takes a condition such as `\"p95(duration) <= 20s\"`, or a list of them";
const QUANTITIES: &str = "accepted are `pass_rate`, `pass^5`, `pass@5`, and `mean`, `median`, `p95`, `min`, `max` and \
                          `sum` of `duration`, `cost`, `tokens`, `input_tokens` and `output_tokens`, as `mean(cost)`";
const MOST_ITERATIONS: u32 = 1_000_000;

/// One gate or a list. Each wrong one is an error of its own.
pub(super) fn gates(argument: &Argument, errors: &mut Errors) -> syn::Result<Vec<Gate>> {
    let list = |input: ParseStream<'_>| {
        let content;
        let _: token::Bracket = syn::bracketed!(content in input);
        content.parse()
    };
    let Ok(list) = list.parse2(argument.value.clone()) else {
        let Lit::Str(text) = literal(argument, TAKES)? else { return Err(wrong(argument, TAKES)) };
        return gate(&text).map(|gate| vec![gate]);
    };
    let parts = split(list);
    if parts.is_empty() {
        return Err(wrong(argument, TAKES));
    }
    let texts = parts.into_iter().filter_map(|part| {
        let text = syn::parse2::<LitStr>(part.clone()).map_err(|_| Error::new_spanned(part, format!("`gate` {TAKES}")));
        errors.ok(text)
    });
    let texts: Vec<LitStr> = texts.collect();
    Ok(texts.iter().filter_map(|text| errors.ok(gate(text))).collect())
}

fn gate(text: &LitStr) -> syn::Result<Gate> {
    let written = text.value().trim().to_owned();
    let refuse = |message: String| Error::new(text.span(), message);
    let Some((left, comparison, right)) = parts(&written) else {
        return Err(refuse(format!(
            "`{written}` compares nothing: write one of `>=`, `>`, `<=` and `<`, as `pass^5 >= 80%`"
        )));
    };
    let quantity =
        quantity(left).ok_or_else(|| refuse(format!("`{left}` is nothing that can be observed: {QUANTITIES}")))?;
    let limit =
        limit(quantity, right).map_err(|takes| refuse(format!("`{right}` is no limit of `{left}`: write {takes}")))?;
    Ok(Gate { text: LitStr::new(&written, text.span()), quantity, comparison, limit })
}

fn parts(text: &str) -> Option<(&str, Comparison, &str)> {
    let at = text.find(['<', '>'])?;
    let signs =
        [(">=", Comparison::AtLeast), ("<=", Comparison::AtMost), (">", Comparison::Above), ("<", Comparison::Below)];
    let (sign, comparison) = signs.into_iter().find(|(sign, _)| text[at..].starts_with(sign))?;
    Some((text[..at].trim(), comparison, text[at + sign.len()..].trim()))
}

fn quantity(text: &str) -> Option<Quantity> {
    let count = |digits: &str| {
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|count| is_number && (1..=MOST_ITERATIONS).contains(count))
    };
    if text == "pass_rate" {
        return Some(Quantity::PassRate);
    }
    if let Some(k) = text.strip_prefix("pass^") {
        return count(k).map(Quantity::PassHat);
    }
    if let Some(k) = text.strip_prefix("pass@") {
        return count(k).map(Quantity::PassAt);
    }
    let (statistic, measure) = text.strip_suffix(')')?.split_once('(')?;
    let statistic = match statistic.trim() {
        "mean" => Statistic::Mean,
        "median" | "p50" => Statistic::Median,
        "min" => Statistic::Min,
        "max" => Statistic::Max,
        "sum" => Statistic::Sum,
        other => {
            let percent = count(other.strip_prefix('p')?)?;
            Statistic::Percentile(u8::try_from(percent).ok().filter(|percent| *percent < 100)?)
        }
    };
    let measure = match measure.trim() {
        "duration" => Measure::Duration,
        "cost" => Measure::Cost,
        "tokens" => Measure::Tokens,
        "input_tokens" => Measure::InputTokens,
        "output_tokens" => Measure::OutputTokens,
        _ => return None,
    };
    Some(Quantity::Of(statistic, measure))
}

/// The limit in the unit of the quantity, or what is accepted.
fn limit(quantity: Quantity, text: &str) -> Result<u64, &'static str> {
    match quantity {
        Quantity::Of(_, Measure::Duration) => duration(text).ok_or("a time above 0 such as `20s`, `1m30s` or `500ms`"),
        Quantity::Of(_, Measure::Cost) => {
            let takes = "US dollars above 0 such as `$0.02`";
            let dollars = text.strip_prefix('$').and_then(|number| scaled(number, 12)).ok_or(takes)?;
            if dollars > 0 { Ok(dollars) } else { Err(takes) }
        }
        Quantity::Of(..) => {
            let digits = text.replace('_', "");
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| is_number).ok_or("a whole number such as `1500`")
        }
        _ => {
            let takes = "percent above 1 and up to 100, with its sign, such as `80%`";
            let number = text.strip_suffix('%').ok_or(takes)?.trim_end();
            let share = decimal(number).ok_or(takes)?;
            if share > 1.0 && share <= 100.0 { scaled(number, 6).ok_or(takes) } else { Err(takes) }
        }
    }
}

/// Microseconds.
fn duration(text: &str) -> Option<u64> {
    match text.strip_suffix('s').filter(|number| number.contains('.')) {
        // `1.5s`
        Some(number) => scaled(number, 6),
        None => milliseconds(text)?.checked_mul(1000),
    }
    .filter(|time| *time > 0)
}

/// A decimal number times 10 to the `digits`, exactly.
fn scaled(number: &str, digits: usize) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let fraction = fraction.trim_end_matches('0');
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > digits || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Quantity, u64)> {
        let (left, _, right) = parts(text)?;
        let quantity = quantity(left)?;
        Some((quantity, limit(quantity, right).ok()?))
    }

    #[test]
    fn what_gates_say() {
        let of = Quantity::Of;
        for (text, wanted) in [
            ("pass_rate >= 99.5%", (Quantity::PassRate, 99_500_000)),
            ("pass^5>=80 %", (Quantity::PassHat(5), 80_000_000)),
            ("pass@3 > 90%", (Quantity::PassAt(3), 90_000_000)),
            ("p95(duration) <= 20s", (of(Statistic::Percentile(95), Measure::Duration), 20_000_000)),
            ("max(duration) < 1m30s", (of(Statistic::Max, Measure::Duration), 90_000_000)),
            ("median( duration ) < 1.5s", (of(Statistic::Median, Measure::Duration), 1_500_000)),
            ("mean(cost) <= $0.02", (of(Statistic::Mean, Measure::Cost), 20_000_000_000)),
            ("sum(tokens) <= 1_500", (of(Statistic::Sum, Measure::Tokens), 1_500)),
        ] {
            assert_eq!(read(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_says_nothing() {
        for text in [
            "",
            "pass^5",
            "pass^0 >= 80%",
            "pass^ >= 80%",
            "pass^+5 >= 80%",
            "pass >= 80%",
            "p100(cost) <= $1",
            "p0(cost) <= $1",
            "mean(price) <= $1",
            "mean cost <= $1",
            "mean(cost) <= 0.02",
            "mean(cost) <= $0",
            "mean(cost) <= $1e3",
            "p95(duration) <= 20",
            "p95(duration) <= 0s",
            "p95(duration) <= -1s",
            "pass_rate >= 0.8",
            "pass_rate >= 0.8%",
            "pass_rate >= 120%",
            "sum(tokens) <= 1.5",
            "sum(tokens) <= _",
            "sum(tokens) <= many",
            "pass_rate => 80%",
            "80% <= pass_rate",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
