use std::sync::OnceLock;

use super::overrides::Prices;
use super::rates::Price;
use super::table;
use crate::record::{Cost, TokenUsage};

static OVERRIDES: OnceLock<Installed> = OnceLock::new();

struct Installed {
    prices: Prices,
    source: String,
}

/// The cost of one request with `usage` on `model`, which is `provider/model` or a model alone.
///
/// `None` when the price is unknown, or the request's input or output tokens are: an unknown cost is never zero.
/// Cached input has its own rate, long input the rates of its tier; batch, flex and priority rates are not used. A name
/// with a date (`gpt-5-mini-2026-01-01`) that is not listed has the price of the name without it, a fine-tuned model
/// (`ft:gpt-4o-2024-08-06:org::id`) that of its base.
///
/// ```
/// use aitest_runtime::price::cost_of;
/// use aitest_runtime::record::TokenUsage;
///
/// let cost = cost_of("openai/gpt-5-mini", &TokenUsage::new(450, 38)).unwrap();
/// assert_eq!(cost.to_string(), "$0.0002");
/// assert_eq!(cost_of("openai/no-such-model", &TokenUsage::new(450, 38)), None);
/// ```
pub fn cost_of(model: &str, usage: &TokenUsage) -> Option<Cost> {
    price_of(OVERRIDES.get().map(|installed| &installed.prices), model)?.cost(usage)
}

/// Whether `model` (`provider/model` or a model alone) has a price.
pub(crate) fn is_priced(model: &str) -> bool {
    price_of(OVERRIDES.get().map(|installed| &installed.prices), model).is_some()
}

/// Where the prices come from, with their date, for the report: `litellm 1.109.1, 2026-11-22`, or
/// `pricing.toml over litellm 1.109.1, 2026-11-22`.
pub fn source() -> &'static str {
    OVERRIDES.get().map_or_else(table::source, |installed| &installed.source)
}

/// Puts `prices` over the table for the rest of the process. The first call counts; an empty file changes nothing.
pub fn install(prices: Prices) {
    if !prices.is_empty() {
        let source = format!("{} over {}", prices.file_name(), table::source());
        OVERRIDES.get_or_init(|| Installed { prices, source });
    }
}

/// The user's prices win, also over rows of the table that fit the name better.
fn price_of(overrides: Option<&Prices>, model: &str) -> Option<Price> {
    let base = fine_tuning_base(model);
    let names = || [Some(model), Some(base), without_date(base)].into_iter().flatten();
    overrides
        .and_then(|prices| names().find_map(|name| prices.price_of(name)))
        .or_else(|| names().find_map(table::price_of))
}

/// `ft:gpt-4o` of `ft:gpt-4o:org::id`, with the provider in front if there is one.
fn fine_tuning_base(model: &str) -> &str {
    let start = model.find('/').map_or(0, |slash| slash + 1);
    match model[start..].strip_prefix("ft:").and_then(|name| name.find(':')) {
        Some(end) => &model[..start + "ft:".len() + end],
        None => model,
    }
}

/// The name without a date at its end: `-2026-01-01` or `-20260101`.
fn without_date(model: &str) -> Option<&str> {
    ["-dddd-dd-dd", "-dddddddd"].iter().find_map(|pattern| {
        let (name, date) = model.split_at_checked(model.len().checked_sub(pattern.len())?)?;
        let fits = date.bytes().zip(pattern.bytes()).all(|(b, p)| if p == b'd' { b.is_ascii_digit() } else { b == p });
        (fits && !name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dated_name_falls_back_to_its_base() {
        let base = price_of(None, "openai/gpt-5-mini");
        assert!(base.is_some());
        for name in ["openai/gpt-5-mini-2026-01-01", "openai/gpt-5-mini-20260101", "gpt-5-mini-2026-01-01"] {
            assert_eq!(price_of(None, name), base, "{name}");
        }
        for name in [
            "openai/gpt-5-mini-2026-1-1",
            "openai/gpt-5-mini-202601",
            "openai/gpt-5-mini-fast",
            "-20260101",
            "é-20260101",
        ] {
            assert_eq!(price_of(None, name), None, "{name}");
        }
        // A date that is listed keeps its own price.
        assert_ne!(price_of(None, "openai/gpt-4o-2024-05-13"), price_of(None, "openai/gpt-4o"));
    }

    #[test]
    fn a_fine_tuned_model_has_the_price_of_its_base() {
        let base = price_of(None, "openai/ft:gpt-4o-2024-08-06");
        assert!(base.is_some());
        assert_eq!(price_of(None, "openai/ft:gpt-4o-2024-08-06:acme:bank:9f3"), base);
        assert_eq!(price_of(None, "ft:gpt-4o-2024-08-06:acme::9f3"), base);
    }
}
