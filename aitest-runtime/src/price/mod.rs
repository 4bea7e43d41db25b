//! What tokens cost: a dated table, and the user's `pricing.toml` over it.

mod decimal;
mod lookup;
mod overrides;
mod rates;
mod table;

pub(crate) use lookup::is_priced;
pub use lookup::{cost_of, install, source};
pub use overrides::{PriceError, Prices, load_overrides};
