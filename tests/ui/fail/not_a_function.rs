use aitest::aitest;

#[aitest]
pub mod bank {
    pub fn open() {}
}

#[aitest]
struct Account;

#[aitest(iterations = 3)]
const LIMIT: u32 = 3;

trait Bank {
    #[aitest]
    fn balance();
}

// The items are still there.
fn main() {
    bank::open();
    let _ = (Account, LIMIT);
}
