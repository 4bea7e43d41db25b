//! Tests that are cut off, and gone on with by a later run. Each says which of its iterations run.

use std::io::Write;

use aitest::{Iteration, TokenUsage, aitest};

/// Whether `variable` names this iteration.
fn is_said_by(variable: &str, it: &Iteration) -> bool {
    std::env::var(variable).is_ok_and(|number| number == it.index().to_string())
}

fn say(test: &str, it: &Iteration) {
    let line = format!("ran {test} {}\n", it.index());
    std::io::stdout().write_all(line.as_bytes()).expect("stdout is open");
}

#[aitest(iterations = 6, min_pass_rate = 10)]
fn cut_off(it: &Iteration) {
    say("cut_off", it);
    it.record_usage("openai/gpt-5-mini", TokenUsage::new(450, 38));
    if is_said_by("EXITS_IN", it) {
        std::process::exit(0);
    }
    if is_said_by("ERRORS_IN", it) {
        it.infrastructure_error("the quota is used up");
    }
    it.attach("long", "x".repeat(100_000));
    assert!(it.seed() % 3 != 0, "an unlucky seed");
}

#[aitest(iterations = 2)]
fn done(it: &Iteration) {
    say("done", it);
}
