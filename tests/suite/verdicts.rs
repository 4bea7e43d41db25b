//! Confidence, gates, known flakiness and stop rules, under `cargo test` and nextest.

use serde_json::Value;

use crate::cargo::{Cargo, Finished};

fn verdicts(tests: &[&str], iterations: &str) -> Cargo {
    let arguments: Vec<&str> = ["--test", "verdicts", "--", "--exact"].iter().chain(tests).copied().collect();
    Cargo::test("plain", &arguments).env("AITEST_ITERATIONS", iterations)
}

fn verdict(run: &Finished, test: &str) -> (String, String) {
    let verdict = &run.test(test)["verdict"];
    let text = |field: &str| verdict[field].as_str().unwrap().to_owned();
    (text("verdict"), text("reason"))
}

fn words(verdict: &str, reason: &str) -> (String, String) {
    (verdict.to_owned(), reason.to_owned())
}

fn count(run: &Finished, test: &str, field: &str) -> u64 {
    run.test(test)["stats"][field].as_u64().unwrap()
}

#[test]
fn a_confidence_passes_fails_or_asks_for_more() {
    let few = verdicts(&["confident", "confident_and_wrong"], "5").finish();
    assert_eq!(few.code, Some(101), "{few}");
    assert_eq!(verdict(&few, "confident"), words("inconclusive", "confidence_not_reached"));
    assert!(few.stdout.contains("29 clean iterations would show it"), "{few}");
    assert!(
        few.stdout.contains("hint: too few iterations to be sure: run `AITEST_ITERATIONS=29 cargo test confident`"),
        "{few}"
    );
    assert_eq!(verdict(&few, "confident_and_wrong"), words("failed", "threshold_missed"), "2/5 is at most 81 %");
    let enough = verdicts(&["confident"], "29").finish();
    assert_eq!(enough.code, Some(0), "{enough}");
    let gate = &enough.test("confident")["gates"][0];
    assert_eq!((&gate["basis"], &gate["result"]), (&"lower".into(), &"met".into()));
    assert!((0.9..0.91).contains(&gate["bound"].as_f64().unwrap()), "{gate}");
    let one_less = verdicts(&["confident"], "28").finish();
    assert_eq!(one_less.code, Some(101), "{one_less}");
}

#[test]
fn a_threshold_of_100_is_judged_without_the_variable_s_confidence() {
    let run = verdicts(&["needs_all"], "3").env("AITEST_CONFIDENCE", "95").finish();
    assert_eq!(run.code, Some(0), "{run}");
    let message = run.test("needs_all")["verdict"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("judged without the confidence of 95 %"), "{message}");
    for wrong in ["100", "0", "0.95", "sure"] {
        let run = verdicts(&["needs_all"], "3").env("AITEST_CONFIDENCE", wrong).finish();
        assert_eq!(run.code, Some(101), "{run}");
        assert!(run.stdout.contains("aitest configuration: AITEST_CONFIDENCE: "), "{run}");
    }
}

#[test]
fn gates_are_judged_and_shown() {
    let run = verdicts(&["gated", "met_gate", "too_dear", "without_a_model"], "5").finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert_eq!(verdict(&run, "gated"), words("failed", "gate_missed"));
    let results: Vec<Value> =
        run.test("gated")["gates"].as_array().unwrap().iter().map(|g| g["result"].clone()).collect();
    assert_eq!(results, ["met", "not_met", "met", "met"], "the threshold, then the gates");
    assert!(
        run.stdout.contains("gated: 4/5 iterations passed (80 %); gate `pass^2 >= 80%` is not met: 60.0 %"),
        "{run}"
    );
    assert_eq!(verdict(&run, "met_gate"), words("passed", "threshold_met"));
    assert_eq!(verdict(&run, "too_dear"), words("failed", "gate_missed"));
    assert!(run.stdout.contains("gate `mean(cost) <= $0.0001` is not met: $0.000"), "{run}");
    assert!(
        run.stdout.contains("gate `mean(cost) <= $5` could not be evaluated: 5 of 5 iterations have no known cost"),
        "what is unknown is no 0: {run}"
    );
    assert!(run.stderr.contains("         gate pass^2 >= 80% NOT MET: 60.0 %"), "{run}");
    assert!(run.file("report.html").contains("not evaluated, so failed"), "{run}");
}

#[test]
fn a_gate_that_needs_more_iterations_fails_and_says_how_many() {
    let run = verdicts(&["gated"], "1").finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert!(run.stdout.contains("could not be evaluated: 1 iterations were graded, at least 2 are needed"), "{run}");
    assert!(
        run.stdout.contains("hint: its gates need 2 graded iterations: run `AITEST_ITERATIONS=2 cargo test gated`"),
        "{run}"
    );
    let only = verdicts(&["gated"], "5").env("AITEST_ONLY", "3").finish();
    assert_eq!(only.code, Some(0), "picked iterations must pass, no more: {only}");
    let report_only = verdicts(&["gated"], "1").env("AITEST_REPORT_ONLY", "1").finish();
    assert_eq!(report_only.code, Some(0), "{report_only}");
}

#[test]
fn known_flakiness_does_not_block_until_its_day() {
    let run = verdicts(&["known_flaky", "once_known_flaky"], "5").finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert_eq!(verdict(&run, "known_flaky"), words("passed", "known_flaky"));
    assert!(run.stderr.contains("known flaky until 2999-12-31"), "{run}");
    assert_eq!(verdict(&run, "once_known_flaky"), words("failed", "threshold_missed"));
    assert!(run.stdout.contains("it was known to be flaky until 2020-01-31 (https://example.org/issues/12)"), "{run}");
    let alone = verdicts(&["known_flaky"], "5").finish();
    assert_eq!(alone.code, Some(0), "{alone}");
    let clean = verdicts(&["known_flaky"], "2").finish();
    assert_eq!(clean.test("known_flaky")["known_flaky"]["clean_needed"], 29);
    assert!(clean.stderr.contains("29 clean ones would show that it is no longer flaky"), "{clean}");
}

#[test]
fn evidence_says_that_a_test_is_no_longer_flaky() {
    // Under another number of iterations the third one does not come: 29 clean ones do, of another test.
    let run = Cargo::test("plain", &["--test", "no_longer"]).env("AITEST_ITERATIONS", "29").finish();
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(run.test("steady")["known_flaky"]["no_longer"], true);
    assert!(run.stderr.contains("no longer flaky: remove `flaky`"), "{run}");
}

#[test]
fn a_decided_test_stops_and_its_verdict_is_the_full_run_s() {
    let run = verdicts(&["fails_first", "decided_by_passes", "gates_need_the_rest"], "10").finish();
    assert_eq!(run.code, Some(0x65), "{run}");
    assert_eq!((count(&run, "fails_first", "n"), count(&run, "fails_first", "skipped")), (2, 8));
    assert_eq!(verdict(&run, "fails_first"), words("failed", "threshold_missed"));
    assert_eq!(run.test("fails_first")["stats"]["method"], "curtailed");
    assert_eq!((count(&run, "decided_by_passes", "n"), count(&run, "decided_by_passes", "skipped")), (8, 2));
    assert_eq!(verdict(&run, "decided_by_passes"), words("passed", "threshold_met"));
    assert_eq!(count(&run, "gates_need_the_rest", "n"), 10, "a pass does not end a test with gates");
    let saved = &run.results()["run"]["saved"][0];
    assert_eq!((&saved["by"], &saved["tests"], &saved["iterations"]), (&"decided".into(), &2.into(), &10.into()));
    assert_eq!(saved["cost_pico_usd"], 10 * (1_000 * 250_000 + 100 * 2_000_000_u64), "ten by the mean of the others");
    assert!(
        run.stderr.contains("saved:  10 iterations of 2 tests left out by the rule `decided`, about $0.0045"),
        "{run}"
    );
    let full = verdicts(&["fails_first", "decided_by_passes"], "10").env("AITEST_STOP", "never").finish();
    assert_eq!(count(&full, "fails_first", "n"), 10);
    for test in ["fails_first", "decided_by_passes"] {
        assert_eq!(verdict(&full, test), verdict(&run, test));
    }
}

#[test]
fn iterations_in_flight_are_finished_and_counted() {
    let run = verdicts(&["decided_by_passes", "fails_first"], "20").env("AITEST_CONCURRENCY", "4").finish();
    for test in ["decided_by_passes", "fails_first"] {
        let [n, skipped] = ["n", "skipped"].map(|field| count(&run, test, field));
        assert_eq!(n + skipped, 20, "{run}");
        assert_eq!(count(&run, test, "interrupted") + count(&run, test, "errored"), 0);
        // A thread may come to the failing iteration after all the others: nothing is left out then.
        let Some(after) = run.test(test)["stopped"]["after"].as_u64() else {
            assert_eq!((test, skipped), ("fails_first", 0), "{run}");
            continue;
        };
        assert!(after <= n && n <= after + 3, "{test}: {after} {n}");
    }
}

#[test]
fn a_sequential_test_accepts_one_of_its_rates() {
    let run = verdicts(&["sequential", "sequential_and_bad"], "60").finish();
    assert_eq!(run.code, Some(101), "{run}");
    // ln 19 / ln (0.95 / 0.7) = 9.6
    assert_eq!(count(&run, "sequential", "n"), 10, "{run}");
    assert_eq!(verdict(&run, "sequential"), words("passed", "sequential_test"));
    assert_eq!(run.test("sequential")["stopped"]["by"], "accepted");
    assert_eq!(run.test("sequential")["stats"]["method"], "confidence_sequence");
    // ln 19 / ln (0.2 / 0.1) = 4.2
    assert_eq!(count(&run, "sequential_and_bad", "n"), 5);
    assert_eq!(verdict(&run, "sequential_and_bad"), words("failed", "sequential_test"));
    assert!(
        run.stdout.contains("stopped after 5 of 60: the sequential test accepts the rate that must be caught"),
        "{run}"
    );
    let side_by_side = verdicts(&["sequential"], "60").env("AITEST_CONCURRENCY", "5").finish();
    assert_eq!(verdict(&side_by_side, "sequential"), words("passed", "sequential_test"));
}

#[test]
fn a_run_with_a_gate_runs_every_iteration() {
    let run = verdicts(&["fails_first", "sequential"], "12").env("AITEST_MIN_PASS_RATE", "50").finish();
    assert_eq!((count(&run, "fails_first", "n"), count(&run, "sequential", "n")), (12, 12), "{run}");
    assert_eq!(run.code, Some(0), "{run}");
}

#[test]
fn a_run_that_is_over_skips_what_is_missing() {
    let run = verdicts(&["takes_a_while"], "1000").env("AITEST_MAX_DURATION", "300ms").finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert_eq!(verdict(&run, "takes_a_while"), words("inconclusive", "iterations_missing"));
    let [n, skipped] = ["n", "skipped"].map(|field| count(&run, "takes_a_while", field));
    assert!((1..=6).contains(&n) && n + skipped == 1000, "{n} {skipped}");
    assert_eq!(run.results()["run"]["saved"][0]["by"], "max_duration");
    assert!(run.stderr.contains("left out by AITEST_MAX_DURATION, about $"), "{run}");
    let wrong = verdicts(&["takes_a_while"], "1").env("AITEST_MAX_DURATION", "soon").finish();
    assert!(wrong.stdout.contains("AITEST_MAX_DURATION: `soon` is not accepted"), "{wrong}");
}

#[test]
fn a_stop_rule_that_cannot_be_read_runs_nothing() {
    for wrong in ["early", "sprt(p0 = 90%, p1 = 80%)", "sprt(p0 = 1)"] {
        let run = verdicts(&["needs_all"], "3").env("AITEST_STOP", wrong).finish();
        assert_eq!(run.code, Some(101), "{run}");
        assert!(run.stdout.contains("aitest configuration: AITEST_STOP: "), "{run}");
    }
}

#[test]
fn nextest_gives_the_same_verdicts() {
    let run = Cargo::nextest("plain", &["--test", "verdicts", "--no-fail-fast", "-E", "not test(takes_a_while)"])
        .env("AITEST_ITERATIONS", "10")
        .finish();
    assert_eq!(run.code, Some(100), "{run}");
    for (test, wanted, reason) in [
        ("confident", "inconclusive", "confidence_not_reached"),
        ("gated", "passed", "threshold_met"),
        ("too_dear", "failed", "gate_missed"),
        ("known_flaky", "passed", "known_flaky"),
        ("once_known_flaky", "failed", "threshold_missed"),
        ("fails_first", "failed", "threshold_missed"),
        ("decided_by_passes", "passed", "threshold_met"),
        ("sequential", "passed", "threshold_met"),
    ] {
        assert_eq!(verdict(&run, test), words(wanted, reason), "{test}");
    }
}
