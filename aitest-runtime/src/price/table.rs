use std::sync::LazyLock;

use super::rates::{LongContext, Price, Rates};

/// Written by `examples/refresh_prices.rs`, which describes the columns.
static TSV: &str = include_str!("../../data/prices.tsv");

/// Sorted by provider and model. Parsed on first use.
static TABLE: LazyLock<Vec<(&str, &str, Price)>> = LazyLock::new(|| {
    let mut rows: Vec<_> = rows().filter_map(parse_row).collect();
    rows.sort_unstable_by_key(|&(provider, model, _)| (provider, model));
    rows
});

/// Where a model named without its provider is looked for, in this order.
const PROVIDERS: [&str; 8] = ["openai", "anthropic", "gemini", "azure", "deepseek", "mistral", "xai", "groq"];

/// The price of `provider/model`, or of a model alone.
pub(super) fn price_of(name: &str) -> Option<Price> {
    match name.split_once('/') {
        Some((provider, model)) => row(provider, model),
        None => PROVIDERS.iter().find_map(|provider| row(provider, name)),
    }
}

/// The table's source and date: `litellm 1.109.1, 2026-11-22`.
pub(super) fn source() -> &'static str {
    let first = TSV.lines().next().unwrap_or_default().trim_start_matches("# ");
    first.rsplit_once(", ").map_or(first, |(source, _license)| source)
}

fn row(provider: &str, model: &str) -> Option<Price> {
    let at = TABLE.binary_search_by_key(&(provider, model), |&(provider, model, _)| (provider, model)).ok()?;
    Some(TABLE[at].2)
}

fn rows() -> impl Iterator<Item = &'static str> {
    TSV.lines().filter(|line| !line.starts_with('#'))
}

/// `None` for a row that is not as described; a test makes sure that there is none.
fn parse_row(line: &'static str) -> Option<(&'static str, &'static str, Price)> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [provider, model, input, output, read, write, above, long_input, long_output, long_read, long_write] =
        cells[..]
    else {
        return None;
    };
    let rates = Rates {
        input: input.parse().ok()?,
        output: output.parse().ok()?,
        cache_read: optional(read)?,
        cache_write: optional(write)?,
    };
    let long = match optional(above)? {
        None => None,
        Some(above) => Some(LongContext {
            above,
            rates: Rates {
                input: long_input.parse().ok()?,
                output: long_output.parse().ok()?,
                cache_read: optional(long_read)?,
                cache_write: optional(long_write)?,
            },
        }),
    };
    Some((provider, model, Price { rates, long }))
}

/// An empty cell is `Some(None)`, a malformed one `None`.
fn optional(cell: &str) -> Option<Option<u64>> {
    if cell.is_empty() { Some(None) } else { cell.parse().ok().map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses_sorted_and_once() {
        for line in rows() {
            assert!(parse_row(line).is_some(), "{line}");
        }
        assert!(TABLE.len() > 400, "{} rows", TABLE.len());
        let names: Vec<_> = rows().filter_map(parse_row).map(|(provider, model, _)| (provider, model)).collect();
        assert!(names.is_sorted_by(|a, b| a < b));
        for provider in PROVIDERS {
            assert!(names.iter().any(|name| name.0 == provider), "{provider}");
        }
        assert!(names.iter().all(|name| PROVIDERS.contains(&name.0)));
    }

    #[test]
    fn no_price_is_zero_and_long_input_is_never_cheaper() {
        for (provider, model, price) in TABLE.iter() {
            assert!(price.rates.input > 0 && price.rates.output > 0, "{provider}/{model}");
            if let Some(long) = price.long {
                assert!(long.rates.input >= price.rates.input, "{provider}/{model}");
                assert!(long.rates.cache_read.is_some() == price.rates.cache_read.is_some(), "{provider}/{model}");
                assert!(long.rates.cache_write.is_some() == price.rates.cache_write.is_some(), "{provider}/{model}");
            }
        }
    }

    fn plain(input: u64, output: u64, cache_read: Option<u64>, cache_write: Option<u64>) -> Rates {
        Rates { input, output, cache_read, cache_write }
    }

    #[test]
    fn rows_of_the_source() {
        let gpt_5_mini = Price { rates: plain(250_000, 2_000_000, Some(25_000), None), long: None };
        assert_eq!(price_of("openai/gpt-5-mini"), Some(gpt_5_mini));
        assert_eq!(price_of("azure/gpt-5-mini"), Some(gpt_5_mini));
        assert_eq!(price_of("gpt-5-mini"), Some(gpt_5_mini));
        let haiku = Price { rates: plain(1_000_000, 5_000_000, Some(100_000), Some(1_250_000)), long: None };
        assert_eq!(price_of("anthropic/claude-haiku-4-5"), Some(haiku));
        let long = LongContext { above: 200_000, rates: plain(2_500_000, 15_000_000, Some(250_000), None) };
        let gemini = Price { rates: plain(1_250_000, 10_000_000, Some(125_000), None), long: Some(long) };
        assert_eq!(price_of("gemini/gemini-2.5-pro"), Some(gemini));
        assert_eq!(price_of("gemini-2.5-pro"), Some(gemini));
        let european = price_of("azure/eu/gpt-5-mini-2025-08-07").unwrap();
        assert_eq!(european.rates, plain(275_000, 2_200_000, Some(27_500), None));
    }

    #[test]
    fn what_is_not_listed_has_no_price() {
        for name in
            ["", "/", "openai/", "openai/gpt-99", "groq/openai/gpt-5-mini", "groq/gpt-5-mini", "openai/container"]
        {
            assert_eq!(price_of(name), None, "{name}");
        }
    }

    #[test]
    fn the_source_is_dated() {
        let (source, date) = source().split_once(", ").unwrap();
        assert!(source.starts_with("litellm "), "{source}");
        assert!(date.len() == 10 && date.bytes().all(|b| b.is_ascii_digit() || b == b'-'), "{date}");
    }
}
