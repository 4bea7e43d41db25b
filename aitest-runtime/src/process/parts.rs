use std::sync::OnceLock;

use crate::collector::Iteration;

/// What the facade wires in: the parts of other crates, with a default that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts {
    /// Ends the child processes that are left, at exit.
    pub reap_children: Option<fn()>,
    /// Ends the cassette of an iteration; `None` where cassettes are not compiled in.
    pub end_cassette: Option<fn(&Iteration)>,
}

static PARTS: OnceLock<Parts> = OnceLock::new();

/// Installs the parts. The first call counts.
pub fn install(parts: Parts) {
    let _ = PARTS.set(parts);
}

pub(super) fn parts() -> Parts {
    PARTS.get().copied().unwrap_or_default()
}
