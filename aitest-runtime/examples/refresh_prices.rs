//! Writes `data/prices.tsv` from litellm's price file. Maintainers run it before a release:
//!
//! ```text
//! pip download litellm --no-deps -d wheel && unzip -d wheel wheel/litellm-*.whl
//! cargo run -p aitest-runtime --example refresh_prices -- \
//!     wheel/litellm/model_prices_and_context_window_backup.json 1.109.1 2026-11-22
//! ```
//!
//! Columns, in µ$ per million tokens, an empty cell where the source has none: provider, model, input, output, cache
//! read, cache write; then, for models whose whole request costs more from a certain input on: that number of tokens,
//! input, output, cache read, cache write. Kept are the chat and responses models of the providers below. Left out are the
//! rates of batch, flex and priority processing and of caches kept for hours, which a request's usage cannot tell, and
//! models whose input or output is listed as free or not at all: they are paid by other units, or by terms that the
//! table does not have.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use serde_json::value::RawValue;

#[path = "../src/price/decimal.rs"]
mod decimal;

type Error = Box<dyn std::error::Error>;
type Entry = BTreeMap<String, Box<RawValue>>;

const PROVIDERS: [&str; 8] = ["anthropic", "azure", "deepseek", "gemini", "groq", "mistral", "openai", "xai"];

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [json, version, date] = &arguments[..] else {
        return Err("usage: refresh_prices PRICES.json LITELLM-VERSION YYYY-MM-DD".into());
    };
    let entries: BTreeMap<String, Entry> = serde_json::from_str(&fs::read_to_string(json)?)?;
    let rows = rows(&entries)?;
    let mut tsv = format!("# litellm {version}, {date}, MIT © Berri AI\n");
    for ((provider, model), prices) in &rows {
        writeln!(tsv, "{provider}\t{model}\t{prices}")?;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/prices.tsv");
    fs::write(&path, &tsv)?;
    println!("{} models, {} bytes in {}", rows.len(), tsv.len(), path.display());
    Ok(())
}

/// The rows by provider and model, as the table sorts them.
fn rows(entries: &BTreeMap<String, Entry>) -> Result<BTreeMap<(String, String), String>, Error> {
    let mut rows = BTreeMap::new();
    for (name, entry) in entries {
        let provider = text(entry, "litellm_provider");
        let mode = text(entry, "mode");
        if !PROVIDERS.contains(&provider.as_str()) || !["chat", "responses"].contains(&mode.as_str()) {
            continue;
        }
        // Some models are listed with and without the provider; the full name is the surer one.
        if entries.contains_key(&format!("{provider}/{name}")) {
            continue;
        }
        match prices(entry).map_err(|error| format!("{name}: {error}"))? {
            Some(prices) => {
                let model = name.strip_prefix(&format!("{provider}/")).unwrap_or(name).to_owned();
                rows.insert((provider, model), prices);
            }
            None => println!("left out, without a price above 0 for tokens: {name}"),
        }
    }
    Ok(rows)
}

/// The price cells of one row; `None` for a model that is not priced by tokens.
fn prices(entry: &Entry) -> Result<Option<String>, Error> {
    const KINDS: [&str; 4] = [
        "input_cost_per_token",
        "output_cost_per_token",
        "cache_read_input_token_cost",
        "cache_creation_input_token_cost",
    ];
    let standard: Vec<_> = KINDS.iter().map(|kind| rate(entry, kind)).collect::<Result<_, _>>()?;
    if standard[..2].iter().any(|rate| rate.unwrap_or(0) == 0) {
        return Ok(None);
    }
    let mut cells = standard.clone();
    match tier(entry)? {
        None => cells.extend([None; 5]),
        Some(thousands) => {
            cells.push(Some(thousands * 1000));
            for (kind, standard) in KINDS.iter().zip(standard) {
                // A rate that the tier does not change is not repeated in the source.
                cells.push(rate(entry, &format!("{kind}_above_{thousands}k_tokens"))?.or(standard));
            }
        }
    }
    let cells: Vec<String> = cells.iter().map(|cell| cell.map_or(String::new(), |rate| rate.to_string())).collect();
    Ok(Some(cells.join("\t")))
}

/// The one tier of a model, in thousands of input tokens.
fn tier(entry: &Entry) -> Result<Option<u64>, Error> {
    let tiers: Vec<u64> = entry
        .keys()
        .filter_map(|key| key.strip_prefix("input_cost_per_token_above_")?.strip_suffix("k_tokens")?.parse().ok())
        .collect();
    match tiers[..] {
        [] => Ok(None),
        [tier] => Ok(Some(tier)),
        _ => Err("has several tiers; the table has room for one".into()),
    }
}

/// Dollars per token, as µ$ per million tokens. Fails on a price that is not whole in this unit.
fn rate(entry: &Entry, key: &str) -> Result<Option<u64>, Error> {
    let Some(value) = entry.get(key).map(|value| value.get()).filter(|value| *value != "null") else {
        return Ok(None);
    };
    decimal::scaled(value, 12).map(Some).map_err(|problem| format!("{key} = {value} {problem}").into())
}

fn text(entry: &Entry, key: &str) -> String {
    entry.get(key).and_then(|value| serde_json::from_str(value.get()).ok()).unwrap_or_default()
}
