//! Values that may be secrets, and the names that say that they are.

use std::fmt;

/// A value that may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secretive(pub(crate) String);

impl fmt::Debug for Secretive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

/// Whether a variable or header of this name holds a secret.
pub(crate) fn is_secret(variable: &str) -> bool {
    let variable = variable.to_ascii_uppercase();
    ["KEY", "TOKEN", "SECRET", "PASSWORD"].iter().any(|end| variable.ends_with(end))
}
