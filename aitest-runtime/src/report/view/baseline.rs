use super::super::compared::{p_text, points, points_interval, ratio_of, ratio_text};
use super::super::results::{
    BaselineComparison, ChangeCounts, ChangeKind, GateResult, OfRun, Results, Shift, Suspect, TestChange,
};
use super::super::text::{grouped, plural};
use super::numbers::{listed, time_text};
use super::shown::Shown;
use crate::stats::percent_text;

/// Rows that the page shows; the results hold all.
const MOST: usize = 100;
const MOST_SUSPECTS: usize = 50;

/// What changed since the baseline.
pub(crate) struct Changed<'r> {
    pub(crate) summary: Shown<'r>,
    /// The gate, and its class.
    pub(crate) gate: Option<(Shown<'r>, &'static str)>,
    pub(crate) rows: Vec<ChangeRow<'r>>,
    pub(crate) more: Option<String>,
    /// What was given otherwise: the line, and the lines that differ.
    pub(crate) suspects: Vec<(Shown<'r>, Shown<'r>)>,
    /// New, gone, renamed and unselected tests.
    pub(crate) lists: Vec<(&'static str, Shown<'r>)>,
    pub(crate) note: String,
}

/// One test beside its baseline.
pub(crate) struct ChangeRow<'r> {
    pub(crate) name: Shown<'r>,
    pub(crate) anchor: String,
    pub(crate) word: &'static str,
    pub(crate) class: &'static str,
    pub(crate) before: String,
    pub(crate) now: String,
    pub(crate) difference: String,
    pub(crate) interval: String,
    pub(crate) p: String,
    pub(crate) cost: String,
    pub(crate) duration: String,
}

impl<'r> Changed<'r> {
    pub(super) fn of(results: &'r Results<'r>) -> Option<Self> {
        let found = results.baseline.as_ref()?;
        let left_out = found.tests.len().saturating_sub(MOST);
        Some(Changed {
            summary: summary(found).into(),
            gate: found.gate.as_ref().map(|gate| match gate.result.known() {
                Some(GateResult::Met) => (gate.message.as_str().into(), "pass"),
                Some(GateResult::NotMet) => (gate.message.as_str().into(), "fail"),
                _ => (format!("cannot be judged: {}", gate.message).into(), "fail"),
            }),
            rows: found.tests.iter().take(MOST).map(row).collect(),
            more: (left_out > 0).then(|| format!("{} more tests are in the results.", grouped(left_out as u64))),
            suspects: found.suspects.iter().take(MOST_SUSPECTS).map(suspect).collect(),
            lists: lists(found),
            note: format!(
                "Now less before; p is how likely so great a change is by chance, corrected over {}. Cost and working \
                 time are multiples of the baseline's means, with ! where the medians' 95 % intervals do not meet.",
                plural(found.family, "test")
            ),
        })
    }
}

fn suspect(suspect: &Suspect) -> (Shown<'_>, Shown<'_>) {
    let line = format!("{} (in {})", suspect.change, plural(suspect.tests.len() as u64, "test"));
    (line.into(), suspect.diff.as_str().into())
}

fn summary(found: &BaselineComparison) -> String {
    let mut of = vec![found.source.clone()];
    of.extend(found.started_at.as_deref().map(time_text));
    of.extend(found.commit.as_deref().map(|commit| commit.chars().take(10).collect()));
    let mut text = format!("{}, compared with {}.", changes_text(&found.changes), of.join(" · "));
    for (ratio, what) in [(found.cost_ratio, " the cost"), (found.duration_ratio, " the working time")] {
        if let Some(ratio) = ratio_of(ratio, what, found.tests.len() as u64) {
            text.push_str(&format!(" {ratio}."));
        }
    }
    text
}

/// `1 regressed, 4 unchanged`
fn changes_text(changes: &ChangeCounts) -> String {
    let text = listed(&[
        (changes.regressed, "regressed"),
        (changes.improved, "improved"),
        (changes.unchanged, "unchanged"),
        (changes.cannot_tell, "cannot tell"),
    ]);
    if text.is_empty() { "No test to compare".to_owned() } else { text }
}

fn lists<'r>(found: &'r BaselineComparison) -> Vec<(&'static str, Shown<'r>)> {
    let names = |tests: &[crate::report::results::TestName]| -> String {
        tests.iter().map(|test| test.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let renamed: Vec<String> = found.renamed.iter().map(|test| format!("{}, was {}", test.name, test.was)).collect();
    let lists = [
        ("New", names(&found.added)),
        ("Removed or ignored", names(&found.removed)),
        ("Renamed", renamed.join("; ")),
        ("Not selected", names(&found.not_run)),
    ];
    lists.into_iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| (label, text.into())).collect()
}

fn row(test: &TestChange) -> ChangeRow<'_> {
    let (word, class, p) = match test.change.known() {
        Some(ChangeKind::Regressed) => ("regressed", "fail", test.p_drop_corrected),
        Some(ChangeKind::Improved) => ("improved", "pass", test.p_rise_corrected),
        Some(ChangeKind::Unchanged) => ("unchanged", "muted", smaller(test)),
        _ => ("cannot tell", "muted", smaller(test)),
    };
    let unknown = || "—".to_owned();
    ChangeRow {
        name: test.name.as_str().into(),
        anchor: super::super::anchor::test_anchor(test.id),
        word,
        class,
        before: counts(&test.before),
        now: counts(&test.now),
        difference: test.difference.map_or_else(unknown, |difference| format!("{} pp", points(difference))),
        interval: test.ci.map(points_interval).unwrap_or_default(),
        p: p.map_or_else(unknown, p_text),
        cost: shift(test.cost),
        duration: shift(test.duration),
    }
}

fn smaller(test: &TestChange) -> Option<f64> {
    test.p_drop_corrected.into_iter().chain(test.p_rise_corrected).reduce(f64::min)
}

fn counts(run: &OfRun) -> String {
    match run.n {
        0 => "none graded".to_owned(),
        n => format!("{}/{} {}", grouped(run.passed), grouped(n), percent_text(run.passed, n)),
    }
}

fn shift(shift: Option<Shift>) -> String {
    match shift {
        None => "—".to_owned(),
        Some(Shift { ratio, is_shown: true }) => format!("{} !", ratio_text(ratio)),
        Some(Shift { ratio, is_shown: false }) => ratio_text(ratio),
    }
}
