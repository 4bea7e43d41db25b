//! One test for every way in which iterations can end.

use std::process::ExitCode;
use std::time::Duration;

use aitest::{Iteration, ResultExt, TokenUsage, aitest};

/// Passes always.
#[aitest]
async fn reliable() {}

/// Passes two times in three.
#[aitest(min_pass_rate = 60)]
async fn flaky(it: &Iteration) {
    it.record_usage("openai/gpt-5-mini", TokenUsage::new(450, 38));
    assert!(it.index() % 3 != 0, "iteration {} of {} is a multiple of 3", it.index(), it.count());
}

#[aitest]
fn by_variable() {
    assert!(std::env::var_os("PLAIN_FAILS").is_none(), "PLAIN_FAILS is set");
}

#[aitest(title = "Fails always")]
fn broken() {
    panic!("nothing works");
}

#[aitest]
async fn returns_an_error() -> aitest::Result {
    let _: i32 = "x".parse()?;
    Ok(())
}

#[aitest]
fn returns_an_exit_code(it: &Iteration) -> ExitCode {
    if it.index() == 2 { ExitCode::from(3) } else { ExitCode::SUCCESS }
}

#[aitest]
fn panics_with_a_number() {
    std::panic::panic_any(5_u8);
}

#[aitest]
fn spawns_a_thread_that_panics() {
    std::thread::spawn(|| panic!("in a thread")).join().expect("the thread is well");
}

#[aitest]
async fn spawns_a_task_that_panics() {
    aitest::spawn(async { panic!("in a task") }).await.expect("the task is well");
}

#[aitest]
async fn infrastructure_once(it: &Iteration) -> aitest::Result {
    if it.index() == 1 {
        Err(std::io::Error::other("no route to model")).infrastructure()?;
    }
    Ok(())
}

#[aitest]
fn infrastructure_handled() {
    let handled: aitest::Result = Err(std::io::Error::other("no route to model")).infrastructure();
    assert!(handled.is_err());
    panic!("the answer is wrong");
}

#[aitest]
fn infrastructure_unwrapped() {
    let broken: Result<(), _> = Err(std::io::Error::other("no \"route\" to model"));
    broken.infrastructure().expect("an answer");
}

#[aitest(max_errored = 1)]
fn infrastructure_within_budget(it: &Iteration) {
    if it.index() == 1 {
        it.infrastructure_error("the quota is used up");
    }
}

#[aitest]
fn infrastructure_always(it: &Iteration) {
    it.infrastructure_error("the quota is used up");
}

#[aitest(timeout = "50ms")]
async fn too_slow_async(it: &Iteration) {
    if it.index() == 1 {
        tokio::time::sleep(Duration::from_secs(600)).await;
    }
}

#[aitest(timeout = "50ms")]
async fn blocks_its_thread(it: &Iteration) {
    if it.index() == 1 {
        std::thread::sleep(Duration::from_secs(2));
    }
}

#[aitest(timeout = "50ms")]
fn too_slow_sync(it: &Iteration) {
    if it.index() == 1 {
        std::thread::park_timeout(Duration::from_secs(600));
    }
}

#[aitest]
#[should_panic(expected = "overdrawn")]
fn panics_as_expected(it: &Iteration) {
    assert!(it.index() == 3, "the account is overdrawn");
}

#[aitest(concurrency = 4)]
async fn runs_beside_itself(it: &Iteration) {
    it.note(format!("seed {}", it.seed()));
    tokio::time::sleep(Duration::from_millis(u64::from(10 - it.index()))).await;
    assert!(it.seed() % 4 != 0, "an unlucky seed");
}

#[aitest]
#[ignore = "not today"]
fn ignored() {}

#[aitest]
fn hook_replaced(it: &Iteration) {
    if it.index() == 1 {
        std::panic::set_hook(Box::new(|_| {}));
    }
    panic!("iteration {}", it.index());
}

#[aitest]
fn keeps_secrets() -> aitest::Result {
    let key = std::env::var("DEMO_API_KEY").unwrap_or_default();
    aitest::note(format!("the key is {key}"));
    aitest::attach("request", format!("Authorization: Bearer {key}"));
    Err(aitest::Error::msg(format!("refused: {key}")))
}
