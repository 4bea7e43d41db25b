use std::fmt;

/// A value that may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secretive(pub(crate) String);

impl fmt::Debug for Secretive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}
