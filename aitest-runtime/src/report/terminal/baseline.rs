use super::super::compared::{p_text, points, points_interval, ratio_of, ratio_text};
use super::super::results::{BaselineComparison, ChangeKind, GateResult, Results, TestChange};
use super::super::text::{cut_end, cut_middle, plural};
use super::TerminalOptions;
use super::block::WIDTH;
use crate::record::TestId;

const INDENT: usize = 8;
/// Tests that are named one a line.
const MOST: usize = 10;
const MOST_SUSPECTS: usize = 5;
const NAME: usize = 32;

/// What changed since the baseline: the counts, a line for each test that needs attention, what is new and what is gone.
pub(super) fn changes(results: &Results<'_>, options: &TerminalOptions) -> Vec<String> {
    let Some(found) = &results.baseline else { return Vec::new() };
    let attention: Vec<String> = found.tests.iter().filter_map(attention).collect();
    let mut lines = vec![summary(found)];
    lines.extend(attention.iter().take(MOST).cloned());
    if attention.len() > MOST {
        lines.push(format!("… {} more", attention.len() - MOST));
    }
    lines.extend(suspects(found));
    lines.extend(ratios(found));
    lines.extend(tests_differ(found));
    let labelled = lines.iter().enumerate().map(|(place, line)| {
        let label = if place == 0 { "change: " } else { "" };
        options.mark_cut(cut_end(&format!("{label:INDENT$}{}", options.line(line)), WIDTH))
    });
    labelled.collect()
}

/// The line of each test that needs attention, alone.
pub(super) fn attentions(results: &Results<'_>, options: &TerminalOptions) -> Vec<String> {
    let tests = results.baseline.iter().flat_map(|found| &found.tests);
    let lines = tests.filter_map(attention);
    lines.map(|line| options.mark_cut(cut_end(&format!("{:9}{}", "", options.line(&line)), WIDTH))).collect()
}

fn summary(found: &BaselineComparison) -> String {
    let changes = &found.changes;
    let date = found.started_at.as_deref().and_then(|time| time.get(..10));
    let of = date.map(|date| format!(" of {date}")).unwrap_or_default();
    format!(
        "{} regressed, {} improved, {} unchanged, {} cannot tell, since {}{of}",
        changes.regressed, changes.improved, changes.unchanged, changes.cannot_tell, found.source
    )
}

/// `regressed transfer: 3/10, was 10/10: -70 points [-89 to -29], p 0.003, cost 1.8×`
fn attention(test: &TestChange) -> Option<String> {
    let change = match test.change.known() {
        Some(ChangeKind::Regressed) => Some(("regressed", test.p_drop_corrected)),
        Some(ChangeKind::Improved) => Some(("improved", test.p_rise_corrected)),
        _ => None,
    };
    let shifts = [(test.cost, "cost"), (test.duration, "working time")];
    let shifts: Vec<String> = shifts
        .iter()
        .filter_map(|(shift, what)| {
            shift.filter(|shift| shift.is_shown).map(|shift| format!("{what} {}", ratio_text(shift.ratio)))
        })
        .collect();
    let name = cut_middle(&test.name, NAME);
    let counts = format!("{}/{}, was {}/{}", test.now.passed, test.now.n, test.before.passed, test.before.n);
    let mut text = match (change, shifts.is_empty()) {
        (None, true) => return None,
        (None, false) => format!("shifted {name}: {counts}"),
        (Some((word, p)), _) => {
            let difference = test.difference.map(points).unwrap_or_default();
            let interval = test.ci.map(|ci| format!(" [{}]", points_interval(ci))).unwrap_or_default();
            let p = p.map(p_text).unwrap_or_default();
            format!("{word} {name}: {counts}: {difference} points{interval}, p {p}")
        }
    };
    for shift in shifts {
        text.push_str(&format!(", {shift}"));
    }
    Some(text)
}

/// What changed in what the tests that need attention were given.
fn suspects(found: &BaselineComparison) -> Vec<String> {
    let needs = |id: &TestId| found.tests.iter().any(|test| test.id == *id && attention(test).is_some());
    let suspects = found.suspects.iter().filter(|suspect| suspect.tests.iter().any(needs));
    let mut lines: Vec<String> = suspects
        .map(|suspect| format!("suspect: {} (in {})", suspect.change, plural(suspect.tests.len() as u64, "test")))
        .collect();
    let hidden = lines.len().saturating_sub(MOST_SUSPECTS);
    lines.truncate(MOST_SUSPECTS);
    lines.extend((hidden > 0).then(|| format!("… {hidden} more suspects")));
    lines
}

fn ratios(found: &BaselineComparison) -> Option<String> {
    let ratios = [(found.cost_ratio, " the cost"), (found.duration_ratio, " the working time")];
    let ratios: Vec<String> =
        ratios.iter().filter_map(|(ratio, what)| ratio_of(*ratio, what, found.tests.len() as u64)).collect();
    (!ratios.is_empty()).then(|| ratios.join(", "))
}

fn tests_differ(found: &BaselineComparison) -> Option<String> {
    let names = |tests: &[super::super::results::TestName]| -> String {
        tests.iter().map(|test| test.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let renamed: Vec<String> = found.renamed.iter().map(|test| format!("{} (was {})", test.name, test.was)).collect();
    let mut parts = Vec::new();
    for (word, names) in
        [("new", names(&found.added)), ("gone", names(&found.removed)), ("renamed", renamed.join(", "))]
    {
        if !names.is_empty() {
            parts.push(format!("{word}: {names}"));
        }
    }
    if !found.not_run.is_empty() {
        parts.push(format!("{} not selected", found.not_run.len()));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// A gate that is met. One that is missed has a line of its own, which names the exit code.
pub(super) fn gate(results: &Results<'_>) -> Option<String> {
    let gate = results.baseline.as_ref()?.gate.as_ref()?;
    match gate.result.known() {
        Some(GateResult::Met) => Some(format!("{} (AITEST_FAIL_ON_REGRESSION)", gate.message)),
        _ if results.run.report_only => Some(format!("{}; AITEST_REPORT_ONLY is set", gate.message)),
        _ => None,
    }
}
