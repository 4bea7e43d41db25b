//! Tests at the root of a crate, where what is `pub` is seen.

use aitest::aitest;

/// A test.
#[aitest]
pub fn public() {
    assert_eq!(1 + 1, 2);
}

#[aitest]
fn private() -> aitest::Result {
    let two: u32 = "2".parse()?;
    assert_eq!(two, 2);
    Ok(())
}
