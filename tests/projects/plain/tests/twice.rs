//! A test that is registered twice.

use aitest::aitest;

#[test]
#[aitest]
fn registered_twice() {}
