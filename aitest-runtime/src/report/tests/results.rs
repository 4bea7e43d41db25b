use insta::assert_snapshot;
use proptest::prelude::*;

use super::fixture::{rich, run, test};
use crate::record::{BudgetUse, CassetteMode, CassetteUse, Cost, HeldBack, RunRecord, Spend, Stability};
use crate::report::{Iteration, Results, write_json};

fn json(run: &RunRecord) -> String {
    written(&Results::from_run(run))
}

fn written(results: &Results<'_>) -> String {
    let mut out = Vec::new();
    write_json(results, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_small_run() {
    let run = run(vec![test("transfer", "pfe").title("Moves money").min_pass_rate("50").max_errored(1).build()]);
    let value: serde_json::Value = serde_json::from_str(&json(&run)).unwrap();
    assert_snapshot!(serde_json::to_string_pretty(&value).unwrap());
}

#[test]
fn results_survive_a_round_trip() {
    let first = json(&rich());
    let parsed = Results::parse(&first).unwrap();
    assert_eq!(written(&parsed), first);
}

#[test]
fn limits_and_budget_are_of_the_run() {
    let mut run = run(vec![test("transfer", "p").build()]);
    assert!(!json(&run).contains("held_back") && !json(&run).contains("budget"), "absent where there are none");
    let held = HeldBack { name: "openai/m".into(), in_flight: 16, lowest_in_flight: 4, rate_limited: 3, waited_ms: 9 };
    run.held_back = vec![held];
    run.budget = Some(BudgetUse { max: Cost::from_pico_usd(10), spent: Cost::from_pico_usd(12) });
    let value: serde_json::Value = serde_json::from_str(&json(&run)).unwrap();
    assert_eq!(value["run"]["budget"], serde_json::json!({"max_pico_usd": 10, "spent_pico_usd": 12}));
    assert_eq!(value["run"]["held_back"][0]["lowest_in_flight"], 4);
    assert_eq!(written(&Results::parse(&json(&run)).unwrap()), json(&run));
}

#[test]
fn a_run_on_cassettes_says_so() {
    let mut run = run(vec![test("transfer", "p").build()]);
    assert!(!json(&run).contains("cassettes"), "absent where there are none");
    run.cassettes = Some(CassetteUse { mode: CassetteMode::Replay, replayed: 12, missed: 1, ..CassetteUse::default() });
    let value: serde_json::Value = serde_json::from_str(&json(&run)).unwrap();
    let expected = serde_json::json!({"mode": "replay", "replayed": 12, "recorded": 0, "missed": 1, "unused": 0});
    assert_eq!(value["run"]["cassettes"], expected);
    assert_eq!(written(&Results::parse(&json(&run)).unwrap()), json(&run));
}

#[test]
fn unknown_fields_and_words_are_tolerated() {
    let text = json(&run(vec![test("transfer", "pf").build()]))
        .replacen("aitest.results/1", "aitest.results/1.7", 1)
        .replace(r#""outcome":"failed""#, r#""outcome":"exploded","new_field":[1]"#)
        .replace(r#""stability":"flaky""#, r#""stability":"wobbly""#);
    let results = Results::parse(&text).unwrap();
    assert_eq!(results.tests[0].iterations[1].outcome(), crate::record::Outcome::Errored);
    assert_eq!(results.tests[0].stability.known(), None);
    assert!(written(&results).contains(r#""outcome":"exploded""#), "the word is kept");
    assert_eq!(results.warnings[0].code, "counts_differ");
}

#[test]
fn what_is_not_of_this_format_is_refused() {
    for (text, message) in [
        (r#"{"schema":"aitest.results/2"}"#, "cannot read results of schema `aitest.results/2`"),
        (r#"{"schema":"aitest.results/10"}"#, "cannot read results of schema `aitest.results/10`"),
        ("{}", "cannot read results of schema ``"),
        ("<html>", "cannot read results: expected value"),
        (r#"{"schema":"aitest.results/1"}"#, "cannot read results: missing field `run`"),
    ] {
        let error = Results::parse(text).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn optional_fields_may_be_missing() {
    let text = r#"{"schema":"aitest.results/1","run":{"id":"r","started_at":"2026-11-01T09:30:00Z","complete":true},
        "agents":[{"id":"a1","name":"x"}],
        "tests":[{"id":"9c41d07e5b2a61f8","path":"t","stability":"reliable","iterations":[{"n":1,"outcome":"passed"}]}]}"#;
    let results = Results::parse(text).unwrap();
    assert_eq!(results.tests[0].stats.counts.n, 0);
}

#[test]
fn reruns_are_pooled() {
    let run = run(vec![test("transfer", "fe").build(), test("transfer", "pp").rerun(2).build()]);
    let results = Results::from_run(&run);
    let [test] = results.tests.as_slice() else { panic!("one entry for all reruns") };
    let counts = &test.stats.counts;
    assert_eq!((counts.planned, counts.n, counts.passed, counts.errored, test.rerun), (4, 3, 2, 1, 2));
    assert_eq!(test.verdict.as_ref().unwrap().message, "2/2 iterations passed (100 %)");
    assert_eq!(test.iterations.iter().map(|it| (it.rerun, it.n)).collect::<Vec<_>>(), [(1, 1), (1, 2), (2, 1), (2, 2)]);
}

#[test]
fn what_a_rerun_repaired_is_not_reliable() {
    let stability = |tests| Results::from_run(&run(tests)).tests[0].stability.known();
    let repaired = vec![test("a", "ee").build(), test("a", "pp").rerun(2).build()];
    assert_eq!(stability(repaired), Some(Stability::Flaky));
    let stressed = vec![test("a", "pp").build(), test("a", "pp").rerun(2).build()];
    assert_eq!(stability(stressed), Some(Stability::Reliable));
}

#[test]
fn agents_rank_by_mean_rate_then_cost() {
    let mut run = run(vec![
        test("a", "pp").case("dear").build(),
        test("a", "pp").case("cheap").build(),
        test("a", "pf").case("weak").build(),
        test("b", "pppppppp").case("weak").build(),
        test("c", "p").case("unpriced").build(),
    ]);
    for record in run.tests[0].iterations.values_mut() {
        record.agent.cost = Some(Cost::from_pico_usd(u64::MAX / 10));
    }
    for record in run.tests[4].iterations.values_mut() {
        (record.agent.cost, record.agent.unpriced) = (None, 1);
    }
    let results = Results::from_run(&run);
    let ranking: Vec<_> = results.agents.iter().map(|agent| (agent.name.as_ref(), agent.mean_pass_rate)).collect();
    assert_eq!(
        ranking,
        [("cheap", Some(1.0)), ("dear", Some(1.0)), ("unpriced", Some(1.0)), ("weak", Some(0.75))],
        "the mean of tests, not of iterations; an unknown cost is last"
    );
}

#[test]
fn earlier_attempts_are_paid_for_and_not_judged() {
    let results = rich();
    let results = Results::from_run(&results);
    let transfer = &results.tests[1];
    assert_eq!((transfer.stats.counts.errored, transfer.stats.charged, transfer.earlier_attempts.len()), (0, 6, 1));
}

#[test]
fn a_cause_counts_iterations_not_attempts() {
    let mut twice = test("twice", "eee").build();
    for record in twice.iterations.values_mut() {
        record.key.attempt = 2;
    }
    for record in twice.iterations.values() {
        let mut earlier = record.clone();
        earlier.key.attempt = 1;
        twice.earlier.push(*earlier);
    }
    let run = run(vec![twice, test("once", "ffff").build()]);
    let results = Results::from_run(&run);
    let counts: Vec<_> = results.causes.iter().map(|cause| (cause.kind.as_ref(), cause.iterations)).collect();
    assert_eq!(counts, [("assert", 4), ("provider", 3)], "the most frequent first");
    let referred = |id: &str| {
        let cause_of = |iteration: &&Iteration<'_>| {
            iteration.failure.as_ref().is_some_and(|failure| failure.cause.as_deref() == Some(id))
        };
        results.tests[0].iterations.iter().chain(&results.tests[0].earlier_attempts).filter(cause_of).count()
    };
    assert_eq!(referred("c2"), 6, "attempts refer to their cause");
}

#[test]
fn long_prompts_are_written_once() {
    let mut tests = vec![test("a", "pp").build(), test("b", "pp").build()];
    for record in tests.iter_mut().flat_map(|test| test.iterations.values_mut()) {
        record.turns[0].text = "Be careful. ".repeat(100);
    }
    let json = json(&run(tests));
    assert_eq!(json.matches("Be careful. Be").count(), 50, "{json}");
    assert_eq!(json.matches(r#""text":{"str":0}"#).count(), 4);
}

fn any_spend() -> impl Strategy<Value = Spend> {
    (proptest::option::of(any::<u64>()), 0_u64..3, any::<u64>()).prop_map(|(cost, unpriced, tokens)| Spend {
        usage: crate::record::TokenUsage::new(tokens, tokens / 2),
        cost: cost.map(Cost::from_pico_usd),
        unpriced,
    })
}

fn every_number(value: &serde_json::Value, check: &mut impl FnMut(&serde_json::Number)) {
    match value {
        serde_json::Value::Number(number) => check(number),
        serde_json::Value::Array(values) => values.iter().for_each(|value| every_number(value, check)),
        serde_json::Value::Object(map) => map.values().for_each(|value| every_number(value, check)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn numbers_are_finite_and_never_negative(
        outcomes in "[pfetsi.]{0,12}", spends in proptest::collection::vec(any_spend(), 12), duration: u64, text in ".*",
    ) {
        let mut record = test("t", &outcomes).build();
        for (record, spend) in record.iterations.values_mut().zip(spends) {
            (record.agent, record.judge, record.duration_us) = (spend, spend, duration);
            if let Some(turn) = record.turns.get_mut(2) {
                turn.calls[0].arguments.clone_from(&text);
            }
        }
        let json = json(&run(vec![record]));
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        let mut wrong = Vec::new();
        every_number(&value["tests"][0]["stats"], &mut |number| {
            if !number.is_u64() && !number.as_f64().is_some_and(|number| (0.0..=1.0).contains(&number)) {
                wrong.push(number.clone());
            }
        });
        prop_assert!(wrong.is_empty(), "{wrong:?}");
        prop_assert_eq!(written(&Results::parse(&json).unwrap()), json);
    }
}
