//! Banking.
