use aitest::aitest;

#[aitest]
const fn constant() {}

#[aitest]
unsafe fn not_safe() {}

#[aitest]
extern "C" fn foreign() {}

#[aitest]
fn generic<T, const N: usize>() {}

#[aitest]
unsafe extern "C" fn all_at_once<T>(_x: T) {}

struct Bank;

impl Bank {
    #[aitest]
    fn method(&self) {}
}

fn main() {}
