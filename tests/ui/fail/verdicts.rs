use aitest::aitest;

#[aitest(min_pass_rate = 80, confidence = 100)]
fn certainty() {}

#[aitest(min_pass_rate = 80, confidence = 0.95)]
fn confidence_as_a_fraction() {}

#[aitest(confidence = 95)]
fn confidence_in_all() {}

#[aitest(min_pass_rate = "100%", confidence = 95)]
fn confidence_in_all_that_is_written() {}

#[aitest(gate = ["pass^5 => 80%", "p95(durations) <= 20s", "pass^5 >= 80", "mean(cost) <= 0.02", 5])]
fn several_wrong_gates() {}

#[aitest(gate = "p95(duration) <= 20")]
fn no_unit() {}

#[aitest(gate = "pass_rate")]
fn compares_nothing() {}

#[aitest(gate = [])]
fn no_gate() {}

#[aitest(gate = p95 <= 20)]
fn no_text() {}

#[aitest(flaky = "issue 12", until = "2026-02-30")]
fn no_day() {}

#[aitest(flaky = "issue 12", until = 2026)]
fn no_text_for_a_day() {}

#[aitest(flaky = "issue 12")]
fn no_end() {}

#[aitest(until = "2026-12-31")]
fn no_reason() {}

#[aitest(flaky = " ", until = "2026-12-31")]
fn empty_reason() {}

#[aitest(stop = "early")]
fn unknown_rule() {}

#[aitest(stop = "sprt(p0 = 0.7)")]
fn rate_without_its_sign() {}

fn main() {}
