use super::super::anchor::{first_not_passing, iteration_anchor, test_anchor};
use super::super::rerun::rerun;
use super::super::results::{GateResult, Results, Run, Test};
use super::super::status::Status;
use super::super::text::{columns, cut_end, grouped, percent_of, plural, short_duration};
use super::agents::agents;
use super::baseline::{self, changes};
use super::block::WIDTH;
use super::{TerminalOptions, verdicts};
use crate::record::{Cost, VerdictKind};
use crate::stats::percent_text;

/// `aitest: tests/banking.rs - 6 tests x 20 iterations, agent gpt-5-mini, 4m12s`
pub(super) fn title(results: &Results<'_>, options: &TerminalOptions) -> String {
    let mut parts = vec![format!("{} - {}", place(&results.tests), sizes(results))];
    match results.agents.as_slice() {
        [] => {}
        [agent] => parts.push(format!("agent {}", agent.name)),
        agents => parts.push(format!("{} agents", agents.len())),
    }
    parts.extend(results.run.duration_ms.map(short_duration));
    let title = cut_end(&options.line(&parts.join(", ")), WIDTH - 8);
    options.line(&format!("aitest: {title}"))
}

fn place(tests: &[Test<'_>]) -> String {
    let mut names: Vec<&str> = tests.iter().map(|test| test.file.as_ref()).collect();
    names.dedup();
    if names.len() > 1 {
        names = tests.iter().map(|test| test.package.as_ref()).collect();
        names.dedup();
    }
    match names.as_slice() {
        [one] => (*one).to_owned(),
        [one, two] => format!("{one}, {two}"),
        names => format!("{} packages", names.len()),
    }
}

fn sizes(results: &Results<'_>) -> String {
    let tests = plural(results.tests.len() as u64, "test");
    let planned = |test: &Test<'_>| test.stats.counts.planned;
    let first = results.tests.first().map_or(0, planned);
    if results.tests.iter().all(|test| planned(test) == first) {
        format!("{tests} x {}", plural(first, "iteration"))
    } else {
        format!("{tests}, {}", plural(results.run.totals.counts.planned, "iteration"))
    }
}

/// The lines under the tests.
pub(super) fn facts(lines: &mut Vec<String>, results: &Results<'_>, options: &TerminalOptions) {
    let result = format!("result: {}{}", outcome(results), result(results));
    lines.push(if columns(&result) > WIDTH { result.replace("; ", "\n        ") } else { result });
    lines.extend(agents(results, options));
    lines.extend(changes(results, options));
    let notes = notes(results, options);
    lines.extend(notes.iter().map(|note| options.mark_cut(cut_end(&format!("note:   {}", options.line(note)), WIDTH))));
    lines.extend(
        first_test(results)
            .and_then(|test| rerun(&results.run, test))
            .map(|command| format!("rerun:  {}", options.line(&command))),
    );
    lines.extend(cost(results).map(|cost| format!("cost:   {}", options.line(&cost))));
    lines.extend(results.run.saved.iter().map(|saved| format!("saved:  {}", options.line(&saved.text()))));
    if let Some(resumed) = &results.run.resumed {
        let text = resumed.text(results.run.totals.counts.planned);
        lines.push(format!("resume: {}", options.line(&text)));
    }
    lines.extend(results.run.budget.map(|budget| format!("budget: {}", budget.text())));
    lines.extend(results.run.cassettes.map(|used| format!("cassettes: {used}")));
    let held_back = results.run.held_back.iter().map(|held| format!("limits: {}", options.line(&held.to_string())));
    lines.extend(held_back.map(|line| options.mark_cut(cut_end(&line, WIDTH))));
    lines.extend(gate(&results.run).map(|gate| format!("gate:   {gate}")));
    lines.extend(baseline::gate(results).map(|gate| format!("gate:   {}", options.line(&gate))));
    if let Some(path) = &options.report {
        let fragment = fragment(results).map(|anchor| format!("#{anchor}")).unwrap_or_default();
        lines.push(format!("report: {}{fragment}", options.line(path)));
    }
    lines.extend(options.json.as_deref().map(|path| format!("json:   {}", options.line(path))));
}

fn count(results: &Results<'_>, status: Status) -> usize {
    results.tests.iter().filter(|test| Status::of(test) == status).count()
}

/// Green or red, in libtest's words. Where no verdict fails anything, neither.
fn outcome(results: &Results<'_>) -> &'static str {
    let gate_missed = results.run.gates.iter().any(|gate| gate.result.known() == Some(GateResult::NotMet));
    match results.run.report_only {
        true => "",
        false if gate_missed || results.regression_fails() || results.tests.iter().any(fails) => "FAILED. ",
        false => "ok. ",
    }
}

fn fails(test: &Test<'_>) -> bool {
    test.verdict.as_ref().is_none_or(|verdict| verdict.verdict.known() != Some(VerdictKind::Passed))
}

fn result(results: &Results<'_>) -> String {
    let counts = &results.run.totals.counts;
    let mut text = format!(
        "{} passed, {} flaky, {} failed, {} errored",
        count(results, Status::Pass),
        count(results, Status::Flaky),
        count(results, Status::Fail),
        count(results, Status::Errored)
    );
    let inconclusive = count(results, Status::Inconclusive);
    if inconclusive > 0 {
        text.push_str(&format!(", {inconclusive} inconclusive"));
    }
    match counts.n {
        0 => text.push_str("; no iteration was graded"),
        n => text.push_str(&format!("; {}/{} iterations passed", grouped(counts.passed), grouped(n))),
    }
    for (count, words) in
        [(counts.errored, "errored and not counted"), (counts.skipped, "skipped"), (counts.interrupted, "interrupted")]
    {
        if count > 0 {
            text.push_str(&format!(", {} {words}", grouped(count)));
        }
    }
    text
}

fn notes(results: &Results<'_>, options: &TerminalOptions) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(verdicts::notes(results));
    if options.partial {
        notes.push("AITEST_ONLY is set: each picked iteration must pass, whatever the threshold".to_owned());
    } else if results.tests.iter().all(|test| test.stats.counts.planned == 1) {
        notes.push("1 iteration does not show reliability: AITEST_ITERATIONS=10 runs more".to_owned());
    }
    if !results.run.complete {
        let unfinished = results.tests.iter().filter(|test| test.verdict.is_none()).count() as u64;
        notes.push(match (unfinished, results.run.torn_lines) {
            (0, 0) => "incomplete: a test process did not end".to_owned(),
            (0, torn) => format!("incomplete: {} cannot be read", plural(torn, "journal line")),
            (unfinished, _) => format!("incomplete: {} started and did not finish", plural(unfinished, "test")),
        });
    }
    let missing: u64 = results.tests.iter().map(missing).sum();
    if missing > 0 && !options.partial {
        let (verb, them) = if missing == 1 { ("is", "it") } else { ("are", "them") };
        let iterations = plural(missing, "iteration");
        notes.push(format!("{iterations} {verb} missing: AITEST_RESUME={} runs {them} alone", results.run.id));
    }
    let mixed = results.warnings.iter().filter(|warning| warning.code == "resumed_with_another_agent");
    notes.extend(mixed.take(3).map(|warning| warning.message.clone()));
    if results.run.report_only {
        notes.push("AITEST_REPORT_ONLY is set: no verdict fails anything".to_owned());
    } else if options.fail_fast && results.tests.iter().any(fails) {
        notes.push("cargo test stops at the first test binary that fails: --no-fail-fast runs them all".to_owned());
    }
    notes
}

/// Iterations without which the test could not be judged.
fn missing(test: &Test<'_>) -> u64 {
    let counts = &test.stats.counts;
    match test.verdict.as_ref().map(|verdict| verdict.verdict.known()) {
        Some(Some(VerdictKind::Passed | VerdictKind::Failed)) => 0,
        _ => counts.planned.saturating_sub(counts.n + counts.errored),
    }
}

fn first_test<'t, 'a>(results: &'t Results<'a>) -> Option<&'t Test<'a>> {
    let not_passing = results.tests.iter().map(|test| (Status::of(test), test));
    not_passing.filter(|(status, _)| *status != Status::Pass).min_by_key(|(status, _)| *status).map(|(_, test)| test)
}

fn fragment(results: &Results<'_>) -> Option<String> {
    let test = first_test(results)?;
    let iteration = first_not_passing(test);
    Some(iteration.map_or_else(|| test_anchor(test.id), |found| iteration_anchor(test.id, found.rerun, found.n)))
}

/// `$0.0764 (120 of 120 priced); 92,140 tokens`; nothing when no model was called.
fn cost(results: &Results<'_>) -> Option<String> {
    let totals = &results.run.totals;
    if totals.charged == 0 {
        return None;
    }
    let total = totals.spend.total();
    let bound = if total.unpriced > 0 { "≥ " } else { "" };
    let cost = total.cost_pico_usd.map(|pico| format!("{bound}{}", Cost::from_pico_usd(pico)));
    let cost = cost.unwrap_or_else(|| "unknown".to_owned());
    let (priced, charged) = (grouped(totals.priced), grouped(totals.charged));
    let priced = match totals.charged - totals.priced {
        0 => format!("{priced} of {charged} priced"),
        unpriced => format!("{} of {charged} iterations used a model without a price", grouped(unpriced)),
    };
    let tokens = total.tokens().map(|tokens| format!("; {} tokens", grouped(tokens)));
    Some(format!("{cost} ({priced}){}", tokens.unwrap_or_default()))
}

fn gate(run: &Run<'_>) -> Option<String> {
    let gate = run.gates.first()?;
    // A missed gate that fails the process has a line of its own, which names the exit code.
    if gate.result.known() == Some(GateResult::NotMet) && !run.report_only {
        return None;
    }
    let (passed, graded) = (run.totals.counts.passed, run.totals.counts.n);
    let result = match gate.result.known() {
        Some(GateResult::Met) => "met",
        Some(GateResult::NotMet) => "NOT MET",
        _ => "inconclusive",
    };
    let observed = percent_text(passed, graded).replace(' ', "");
    let counts = format!("{observed} of all iterations, {}/{}", grouped(passed), grouped(graded));
    Some(format!("pass rate >= {}% {result} ({counts})", percent_of(gate.threshold)))
}
