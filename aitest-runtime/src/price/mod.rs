//! What tokens cost: a dated table, and the user's `pricing.toml` over it.

use crate::record::{Cost, TokenUsage};

/// The cost of `usage` on `model`; `None` when the price or the usage is unknown.
pub fn cost_of(_model: &str, _usage: &TokenUsage) -> Option<Cost> {
    None
}
pub(crate) struct Prices;
pub(crate) fn load_overrides(_p: &std::path::Path) -> Result<Prices, std::fmt::Error> {
    Ok(Prices)
}
pub(crate) fn install(_: Prices) {}
pub(crate) fn source() -> String {
    String::new()
}
