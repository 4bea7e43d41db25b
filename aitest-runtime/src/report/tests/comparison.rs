//! Agents beside each other: ranks, pairs, what is recommended.

use proptest::prelude::*;

use super::fixture::{run, test};
use crate::record::{Cost, RunRecord, TestRecord};
use crate::report::{Agent, Comparison, Pair, PairResult, RecommendedFor, Results};

/// What one agent did in tests `t0`, `t1`, …, at `cost` micro-dollars an iteration; 0 is unknown.
fn agent(name: &str, outcomes: &[&str], cost: u64) -> Vec<TestRecord> {
    let tests = outcomes.iter().enumerate().filter(|(_, outcomes)| !outcomes.is_empty());
    let mut tests: Vec<TestRecord> =
        tests.map(|(place, outcomes)| test(&format!("t{place}"), outcomes).case(name).build()).collect();
    for record in tests.iter_mut().flat_map(|test| test.iterations.values_mut()) {
        let priced = cost > 0;
        record.agent.cost = priced.then(|| Cost::from_pico_usd(cost * 1_000_000));
        record.agent.unpriced = u64::from(!priced);
        record.waited_us = record.duration_us / 2;
    }
    tests
}

fn compared(agents: &[Vec<TestRecord>]) -> RunRecord {
    run(agents.concat())
}

fn names<'r>(results: &'r Results<'_>) -> Vec<(&'r str, Option<[u64; 2]>)> {
    results.agents.iter().map(|agent| (agent.name.as_ref(), agent.rank)).collect()
}

fn comparison<'r, 'a>(results: &'r Results<'a>) -> &'r Comparison<'a> {
    results.comparison.as_ref().unwrap()
}

/// The pair, first named first; its numbers are of the order in the results.
fn pair<'r, 'a>(results: &'r Results<'a>, first: &str, second: &str) -> &'r Pair<'a> {
    let id = |name: &str| results.agents.iter().find(|agent| agent.name == name).unwrap().id.clone();
    let is_it = |pair: &&Pair<'_>| pair.first == id(first) && pair.second == id(second);
    comparison(results).pairs.iter().find(is_it).unwrap()
}

fn found<'r, 'a>(results: &'r Results<'a>, name: &str) -> &'r Agent<'a> {
    results.agents.iter().find(|agent| agent.name == name).unwrap()
}

const GOOD: &str = "pppppppppp";
const BAD: &str = "pppppfffff";

#[test]
fn a_higher_rate_in_every_test_is_told_by_sign_flips() {
    let run = compared(&[agent("weak", &[BAD; 8], 100), agent("strong", &[GOOD; 8], 400)]);
    let results = Results::from_run(&run);
    assert_eq!(names(&results), [("strong", Some([1, 1])), ("weak", Some([2, 2]))]);
    let pair = pair(&results, "strong", "weak");
    // 2 of the 2⁸ signs are as far away.
    assert_eq!((pair.p, pair.method.as_deref()), (Some(0.007_812_5), Some("sign_flip")));
    assert_eq!((pair.difference, pair.ci, pair.tests, pair.iterations), (Some(0.5), None, 8, 160));
    assert_eq!(pair.result.known(), Some(PairResult::FirstBetter));
    assert_eq!((pair.iterations_needed, pair.tests_needed), (None, None), "nothing more is needed");
    assert_eq!(pair.cost_ratio.map(|ratio| (ratio.value, ratio.tests)), Some((4.0, 8)));
    let recommended = comparison(&results).recommended.as_ref().unwrap();
    assert_eq!(recommended.reason.known(), Some(RecommendedFor::HigherRate));
    assert_eq!(recommended.agent, "a2");
    assert!(results.agents.iter().all(|agent| agent.pareto), "one is better, the other cheaper");
    assert_eq!(found(&results, "weak").cost_per_pass_pico_usd, Some(200_000_000));
}

#[test]
fn few_tests_are_told_within_themselves() {
    let run = compared(&[agent("strong", &[GOOD, GOOD], 100), agent("weak", &["pppppfffff", "ppppppffff"], 100)]);
    let results = Results::from_run(&run);
    let pair = pair(&results, "strong", "weak");
    assert_eq!(pair.method.as_deref(), Some("within_test_permutation"));
    // Both hypergeometric tails of 9 more passes out of 11: by enumeration.
    let expected = crate::stats::within_test_permutation(&[
        crate::stats::TestPair { k0: 10, n0: 10, k1: 5, n1: 10 },
        crate::stats::TestPair { k0: 10, n0: 10, k1: 6, n1: 10 },
    ]);
    assert!((pair.p.unwrap() - expected.unwrap()).abs() < 1e-8);
    assert_eq!(pair.result.known(), Some(PairResult::FirstBetter));
}

#[test]
fn one_iteration_of_each_test_is_mcnemar_s() {
    let run = compared(&[agent("a", &["p"; 6], 100), agent("b", &["f"; 6], 100)]);
    let results = Results::from_run(&run);
    let pair = pair(&results, "a", "b");
    assert_eq!((pair.p, pair.method.as_deref()), (Some(0.031_25), Some("mcnemar")));
}

#[test]
fn agents_that_cannot_be_told_apart_share_their_rank_and_the_cheaper_is_recommended() {
    let dear = agent("dear", &["ppppp", "ppppp", "ppppf"], 900);
    let cheap = agent("cheap", &["ppppf", "pppff", "ppppf"], 300);
    let run = compared(&[dear, cheap]);
    let results = Results::from_run(&run);
    assert_eq!(names(&results), [("dear", Some([1, 2])), ("cheap", Some([1, 2]))]);
    let pair = pair(&results, "dear", "cheap");
    assert_eq!(pair.result.known(), Some(PairResult::NoEvidence));
    let more = (pair.iterations_needed.unwrap(), pair.tests_needed.unwrap());
    assert!(more.0 > 5 && more.1 > 3, "{more:?}");
    let recommended = comparison(&results).recommended.as_ref().unwrap();
    assert_eq!((recommended.agent.as_ref(), recommended.reason.known()), ("a2", Some(RecommendedFor::LowerCost)));
    assert_eq!(recommended.unseen_difference, pair.detectable_difference);
    assert!(recommended.unseen_difference.unwrap() > 0.2, "15 iterations show great differences alone");
}

#[test]
fn what_is_needed_would_tell() {
    let dear = ["pppppppp", "ppppppff", "pppppppp", "pppppppf"];
    let cheap = ["ppppppff", "ppppppff", "pppppppf", "pppppppf"];
    let run = compared(&[agent("dear", &dear, 900), agent("cheap", &cheap, 300)]);
    let results = Results::from_run(&run);
    let seen = pair(&results, "dear", "cheap");
    let needed = seen.tests_needed.unwrap();
    assert_eq!(seen.result.known(), Some(PairResult::NoEvidence), "{seen:?}");
    // The same tests as often as it takes: the plan's difference is the one seen, its chance 80 %.
    let times = usize::try_from(needed).unwrap().div_ceil(4);
    let run = compared(&[agent("dear", &dear.repeat(times), 900), agent("cheap", &cheap.repeat(times), 300)]);
    let results = Results::from_run(&run);
    assert_eq!(pair(&results, "dear", "cheap").result.known(), Some(PairResult::FirstBetter));
}

#[test]
fn agents_below_the_run_s_gate_are_last_and_never_recommended() {
    let mut run = compared(&[agent("ok", &["ppppp", "ppppf"], 100), agent("low", &["ppppf", "pppff"], 100)]);
    run.processes[0].min_pass_rate = Some("80".parse().unwrap());
    let results = Results::from_run(&run);
    assert_eq!(names(&results), [("ok", Some([1, 1])), ("low", Some([2, 2]))], "7/10 is below 80 %");
    assert_eq!([found(&results, "ok").below_gate, found(&results, "low").below_gate], [false, true]);
    run.processes[0].min_pass_rate = Some("95".parse().unwrap());
    let results = Results::from_run(&run);
    assert!(results.agents.iter().all(|agent| agent.below_gate));
    assert!(comparison(&results).recommended.is_none());
}

#[test]
fn agents_with_other_tests_have_no_rank() {
    let run = compared(&[
        agent("one", &["ppp", "ppp", ""], 100),
        agent("two", &["ppp", "ppf", ""], 100),
        agent("other", &["", "ppp", "ppp"], 100),
        // Nothing graded in a test: its mean would be over fewer tests.
        agent("ill", &["ppp", "eee", ""], 100),
    ]);
    let results = Results::from_run(&run);
    assert_eq!(names(&results), [("one", Some([1, 2])), ("two", Some([1, 2])), ("ill", None), ("other", None)]);
    assert_eq!(pair(&results, "one", "other").tests, 1, "the common test is compared all the same");
}

#[test]
fn unknown_costs_recommend_nothing_and_are_on_no_front() {
    let run = compared(&[agent("known", &["ppp", "ppp"], 100), agent("unknown", &["ppp", "ppp"], 0)]);
    let results = Results::from_run(&run);
    assert!(comparison(&results).recommended.is_none());
    assert_eq!([found(&results, "known").pareto, found(&results, "unknown").pareto], [true, false]);
    assert_eq!(found(&results, "unknown").mean_cost_pico_usd, None);
    let pair = pair(&results, "known", "unknown");
    assert_eq!((pair.cost_ratio, pair.ci), (None, None), "equal differences do not tell how much they vary");
    assert_eq!(pair.difference, Some(0.0));
}

#[test]
fn an_agent_that_costs_more_for_less_is_off_the_front() {
    let run = compared(&[
        agent("best", &["pppp", "pppp"], 500),
        agent("cheap", &["pppf", "pppp"], 100),
        agent("dominated", &["ppff", "pppp"], 200),
    ]);
    let results = Results::from_run(&run);
    let front: Vec<&str> =
        results.agents.iter().filter(|agent| agent.pareto).map(|agent| agent.name.as_ref()).collect();
    assert_eq!(front, ["best", "cheap"]);
}

#[cfg(feature = "html")]
#[test]
fn the_chart_has_a_dot_for_each_agent_that_passed_at_a_known_cost() {
    let run = compared(&[
        agent("best", &["pppp", "pppp"], 500),
        agent("cheap", &["pppf", "pppp"], 100),
        agent("dominated", &["ppff", "pppp"], 200),
        agent("never", &["ffff", "ffff"], 200),
        agent("unpriced", &["pppp", "ppff"], 0),
    ]);
    let mut page = Vec::new();
    crate::report::write_html(&Results::from_run(&run), &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let (_, chart) = page.split_once("<svg class=\"scatter\"").unwrap();
    let (chart, after) = chart.split_once("</svg>").unwrap();
    assert_eq!((chart.matches("<circle").count(), chart.matches("class=\"on\"").count()), (3, 2), "{chart}");
    assert!(chart.contains("<title>cheap: 87.5 % [0–100], $0.0001 a pass</title>"), "{chart}");
    assert!(after.contains("never: no pass.") && after.contains("unpriced: cost unknown."));
    assert!(!chart.contains("NaN") && !chart.contains("inf"), "{chart}");
}

#[test]
fn no_agent_that_never_passed_is_recommended() {
    let run = compared(&[agent("a", &["fff", "fff"], 100), agent("b", &["fff", "fff"], 200)]);
    let results = Results::from_run(&run);
    assert!(comparison(&results).recommended.is_none());
}

#[test]
fn an_agent_s_interval_is_clustered_by_test() {
    let run = compared(&[agent("a", &["pppp", "ppff", "pppf"], 100), agent("b", &["pppp"], 100)]);
    let results = Results::from_run(&run);
    let a = found(&results, "a");
    let expected = crate::stats::clustered_rate(&[1.0, 0.5, 0.75], 0.95).unwrap().interval;
    assert!((a.ci.unwrap()[0] - expected.lower).abs() < 1e-8, "{a:?}");
    assert_eq!((a.ci_method.as_deref(), a.flaky), (Some("clustered"), 2));
    assert_eq!(found(&results, "b").ci_method.as_deref(), Some("wilson"));
}

#[test]
fn limiters_do_not_make_an_agent_slower() {
    let (quick, mut limited) = (agent("quick", &["ppp", "ppp"], 100), agent("limited", &["ppp", "ppp"], 100));
    for record in limited.iter_mut().flat_map(|test| test.iterations.values_mut()) {
        record.waited_us += 60_000_000;
        record.duration_us += 60_000_000;
    }
    let run = compared(&[quick, limited]);
    let results = Results::from_run(&run);
    let ratio = comparison(&results).pairs[0].duration_ratio.unwrap();
    assert_eq!((ratio.value, ratio.tests), (1.0, 2));
}

proptest! {
    #[test]
    fn every_agent_stands_once_and_numbers_hold_together(
        cells in proptest::collection::vec(proptest::collection::vec("[pftes]{0,4}", 4), 2..5), costs in proptest::collection::vec(0_u64..500, 5),
        gate in proptest::option::of(2_u32..100),
    ) {
        let agents: Vec<Vec<TestRecord>> = cells.iter().zip(&costs).enumerate().map(|(place, (outcomes, cost))| {
            let outcomes: Vec<&str> = outcomes.iter().map(String::as_str).collect();
            agent(&format!("agent{place}"), &outcomes, *cost)
        }).collect();
        let mut run = compared(&agents);
        run.processes[0].min_pass_rate = gate.map(|gate| gate.to_string().parse().unwrap());
        let results = Results::from_run(&run);
        let count = agents.iter().filter(|tests| !tests.is_empty()).count();
        prop_assert_eq!(results.agents.len(), count);
        let ranked = results.agents.iter().filter(|agent| agent.rank.is_some()).count() as u64;
        let mut next = 1;
        for agent in results.agents.iter().take_while(|agent| agent.rank.is_some()) {
            let [first, last] = agent.rank.unwrap();
            prop_assert!(first <= next && next <= last && last <= ranked, "{:?}", names(&results));
            next += 1;
        }
        prop_assert_eq!(next, ranked + 1, "unranked agents are last");
        let Some(comparison) = &results.comparison else { return Ok(()) };
        prop_assert_eq!(comparison.pairs.len(), count * (count - 1) / 2);
        for pair in &comparison.pairs {
            let (Some(p), Some(corrected), Some(difference)) = (pair.p, pair.p_corrected, pair.difference) else {
                prop_assert_eq!(pair.tests, 0);
                continue;
            };
            prop_assert!(0.0 <= p && p <= corrected && corrected <= 1.0);
            if let Some([low, high]) = pair.ci {
                prop_assert!(-1.0 <= low && low <= difference && difference <= high && high <= 1.0, "{:?}", pair);
            }
        }
        if let Some(recommended) = &comparison.recommended {
            let agent = results.agents.iter().find(|agent| agent.id == recommended.agent).unwrap();
            prop_assert!(!agent.below_gate && agent.counts.passed > 0 && agent.rank.unwrap()[0] == 1);
        }
    }
}
