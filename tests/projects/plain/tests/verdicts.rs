//! Tests whose outcomes are fixed by the number of the iteration.

use aitest::{Iteration, TokenUsage, aitest};

fn passes(it: &Iteration) {
    it.record_usage("openai/gpt-5-mini", TokenUsage::new(1_000, 100));
}

fn fails_at(it: &Iteration, numbers: &[u32]) {
    passes(it);
    assert!(!numbers.contains(&it.index()), "iteration {} is picked to fail", it.index());
}

#[aitest(min_pass_rate = 90, confidence = 95)]
fn confident(it: &Iteration) {
    passes(it);
}

#[aitest(min_pass_rate = 90, confidence = 95)]
fn confident_and_wrong(it: &Iteration) {
    fails_at(it, &[1, 2, 3]);
}

#[aitest]
fn needs_all(it: &Iteration) {
    passes(it);
}

#[aitest(min_pass_rate = 50, gate = ["pass^2 >= 80%", "max(duration) <= 1m", "mean(cost) <= $0.01"])]
fn gated(it: &Iteration) {
    fails_at(it, &[2]);
}

#[aitest(gate = "mean(cost) <= $0.0001")]
fn too_dear(it: &Iteration) {
    passes(it);
}

#[aitest(gate = ["mean(cost) <= $5", "sum(tokens) >= 1"])]
fn without_a_model() {}

#[aitest(gate = "max(tokens) <= 1_100", min_pass_rate = 50)]
fn met_gate(it: &Iteration) {
    fails_at(it, &[3]);
}

#[aitest(flaky = "the search server drops every third call", until = "2999-12-31")]
fn known_flaky(it: &Iteration) {
    fails_at(it, &[3]);
}

#[aitest(flaky = "https://example.org/issues/12", until = "2020-01-31")]
fn once_known_flaky(it: &Iteration) {
    fails_at(it, &[3]);
}

#[aitest(stop = "decided")]
fn fails_first(it: &Iteration) {
    fails_at(it, &[2]);
}

#[aitest(stop = "decided", min_pass_rate = 80)]
async fn decided_by_passes(it: &Iteration) {
    passes(it);
}

#[aitest(stop = "decided", min_pass_rate = 50, gate = "pass_rate >= 80%")]
fn gates_need_the_rest(it: &Iteration) {
    fails_at(it, &[9, 10]);
}

#[aitest(stop = "sprt(p0 = 70%, p1 = 95%)", min_pass_rate = 90)]
async fn sequential(it: &Iteration) {
    passes(it);
}

#[aitest(stop = "sprt", min_pass_rate = 90)]
fn sequential_and_bad(it: &Iteration) {
    fails_at(it, &[1, 2, 3, 4, 5, 6]);
}

#[aitest]
fn takes_a_while(it: &Iteration) {
    passes(it);
    std::thread::sleep(std::time::Duration::from_millis(60));
}
