//! Gates, exceptions, stops and confidence, as people see them.

use insta::assert_snapshot;

use super::fixture::{run, test};
use crate::record::{Comparison, Measure, Quantity, RunRecord, Statistic, StoppedBy, TestGate};
use crate::report::{Output, Results, TerminalOptions, terminal_block};

fn slow() -> TestGate {
    let quantity = Quantity::Of(Statistic::Percentile(95), Measure::Duration);
    TestGate::new("p95(duration) <= 1s", quantity, Comparison::AtMost, 1_000_000)
}

fn all_of_ten() -> TestGate {
    TestGate::new("pass^10 >= 80%", Quantity::PassHat(10), Comparison::AtLeast, 80_000_000)
}

fn cheap() -> TestGate {
    let quantity = Quantity::Of(Statistic::Mean, Measure::Cost);
    TestGate::new("mean(cost) <= $0.02", quantity, Comparison::AtMost, 20_000_000_000)
}

fn everything() -> RunRecord {
    run(vec![
        test("gated", "ppfpp").min_pass_rate("60").gate(slow()).gate(all_of_ten()).gate(cheap()).build(),
        test("confident", "ppppp").min_pass_rate("90").confidence("95").build(),
        test("excused", "ppfpp").known_flaky("2026-12-31").build(),
        test("still_excused", "ppppp").known_flaky("2026-12-31").build(),
        test("no_longer_excused", "ppfpp").known_flaky("2026-10-31").build(),
        test("healed", &"p".repeat(29)).known_flaky("2026-12-31").build(),
        test("decided", "pfssssssss").stopped(StoppedBy::Decided).build(),
        test("accepted", "pppppppsss").min_pass_rate("80").stopped(StoppedBy::Accepted).build(),
    ])
}

#[test]
fn the_terminal_names_what_needs_attention() {
    let options = TerminalOptions { output: Output::Verbose, unicode: true, ..TerminalOptions::default() };
    assert_snapshot!(terminal_block(&Results::from_run(&everything()), &options));
}

#[test]
fn programs_read_gates_stops_and_exceptions() {
    let run = everything();
    let results = Results::from_run(&run);
    let parts = results.tests.iter().map(|test| {
        serde_json::json!({
            "path": test.path, "verdict": test.verdict, "gates": test.gates, "known_flaky": test.known_flaky,
            "stopped": test.stopped, "needed": test.needed, "ci": test.stats.ci, "method": test.stats.method,
        })
    });
    let parts: Vec<_> = parts.collect();
    assert_snapshot!(serde_json::to_string_pretty(&parts).unwrap());
    assert_snapshot!(serde_json::to_string_pretty(&results.run.saved).unwrap());
}

#[cfg(feature = "html")]
#[test]
fn the_page_has_a_row_for_each_gate() {
    let mut page = Vec::new();
    crate::report::write_html(&Results::from_run(&everything()), &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let table = page.split("<table class=\"gates\">").nth(1).unwrap().split("</table>").next().unwrap();
    for part in [
        "p95(duration) &#60;= 1s",
        "not met",
        "pass^10 &#62;= 80%",
        "not evaluated, so failed",
        "at least 10 are needed",
    ] {
        assert!(table.contains(part), "{part}\n{table}");
    }
    assert!(page.contains("This run shows that it is no longer flaky"));
    assert!(page.contains("8 iterations of 1 test left out by the rule `decided`"));
    assert!(page.contains("3 iterations of 1 test left out by the rule `sprt`"));
}
