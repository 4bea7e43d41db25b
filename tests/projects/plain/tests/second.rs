//! A second test binary of the same run.

use aitest::{Iteration, aitest};

#[aitest]
fn elsewhere(it: &Iteration) {
    assert!(it.index() != 2, "the second one fails");
}
