//! Nothing but a typo in `aitest.toml`.
