use aitest::aitest;

#[aitest]
#[aitest]
fn twice() {}

#[aitest]
#[aitest::test]
fn twice_by_its_other_name() {}

#[aitest]
#[should_panic(expect = "no account")]
fn unreadable_should_panic() {}

#[aitest(runtime = "multi")]
fn runtime_of_a_sync_test() {}

#[aitest(runtime = "multi")]
#[tokio::test]
async fn runtime_of_another_attribute() {}

fn main() {}
