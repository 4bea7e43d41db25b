//! No `#[aitest]` at all.

#[test]
fn ordinary() {}
