use super::super::results::Results;
use super::super::status::Status;
use super::super::text::{duration_text, grouped};
use super::agents::Leaderboard;
use super::baseline::Changed;
use super::causes::{self, CauseRow};
use super::facts::{Facts, git};
use super::numbers::{cost_text, count_text, listed, not_counted, time_text};
use super::shown::Shown;
use super::size::{Keep, left_out};
use super::test::TestView;
use super::verdict::{Headline, Tally};

/// Tests that are open at first, when so few did not pass.
const MOST_OPEN: usize = 3;

/// The whole page.
pub(crate) struct Page<'r> {
    results: &'r Results<'r>,
    keep: Keep,
    pub(crate) headline: Headline,
    /// Package, time, commit.
    pub(crate) subtitle: Shown<'r>,
    pub(crate) totals: Vec<Total>,
    pub(crate) causes: Vec<CauseRow<'r>>,
    pub(crate) more_causes: Option<String>,
    pub(crate) changed: Option<Changed<'r>>,
    pub(crate) leaderboard: Option<Leaderboard<'r>>,
    pub(crate) facts: Facts<'r>,
}

/// One of the numbers on top.
pub(crate) struct Total {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) detail: String,
}

impl<'r> Page<'r> {
    pub(crate) fn of(results: &'r Results<'r>) -> Self {
        let (tally, keep) = (Tally::of(&results.tests), Keep::of(results));
        let (causes, more_causes) = causes::rows(results);
        Page {
            results,
            keep,
            headline: Headline::of(results, &tally),
            subtitle: subtitle(results).into(),
            totals: totals(results, &tally),
            causes,
            more_causes,
            changed: Changed::of(results),
            leaderboard: Leaderboard::of(results),
            facts: Facts::of(results, left_out(results, keep)),
        }
    }

    /// The tests by urgency, then by source. Each is made when it is written: the page is never held whole.
    pub(crate) fn tests(&self) -> impl Iterator<Item = TestView<'r>> + '_ {
        let mut tests: Vec<_> = self.results.tests.iter().map(|test| (Status::of(test), test)).collect();
        tests.sort_by_key(|(status, _)| *status);
        let urgent = tests.iter().filter(|(status, _)| *status != Status::Pass).count();
        tests.into_iter().map(move |(status, test)| {
            let is_open = status != Status::Pass && urgent <= MOST_OPEN;
            TestView::of(self.results, test, self.keep, is_open)
        })
    }

    pub(crate) fn has_tests(&self) -> bool {
        !self.results.tests.is_empty()
    }
}

fn subtitle(results: &Results<'_>) -> String {
    let mut packages: Vec<_> = results.run.processes.iter().map(|process| process.package.as_ref()).collect();
    packages.sort_unstable();
    packages.dedup();
    let mut parts = vec![packages.join(", ")];
    parts.extend(results.run.started_at.as_deref().map(time_text));
    parts.extend(git(&results.run, 10).map(|git| git.to_string()));
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

fn totals(results: &Results<'_>, tally: &Tally) -> Vec<Total> {
    let (run, sums) = (&results.run, &results.run.totals);
    let total = sums.spend.total();
    let mut totals = vec![
        Total { label: "Tests", value: grouped(sums.tests), detail: tally.text() },
        Total {
            label: "Iterations passed",
            value: format!("{}/{}", grouped(sums.counts.passed), grouped(sums.counts.n)),
            detail: match not_counted(&sums.counts) {
                others if others.is_empty() => String::new(),
                others => format!("{others}, not counted"),
            },
        },
        Total {
            label: "Wall time",
            value: run.duration_ms.map_or_else(|| "—".to_owned(), duration_text),
            detail: format!("{} over all iterations", duration_text(sums.duration_ms)),
        },
    ];
    if sums.charged == 0 {
        return totals;
    }
    let usage = &total.usage;
    let tokens = [(usage.input_tokens, "in"), (usage.output_tokens, "out")];
    let tokens: Vec<_> = tokens.iter().filter_map(|(count, word)| count.map(|count| (count, *word))).collect();
    totals.push(Total { label: "Tokens", value: count_text(total.tokens()), detail: listed(&tokens) });
    let judge = &sums.spend.judge;
    let judges = if judge.is_empty() { String::new() } else { format!(", judges {}", cost_text(judge)) };
    totals.push(Total {
        label: "Cost",
        value: cost_text(&total),
        detail: format!("{} of {} iterations priced{judges}", grouped(sums.priced), grouped(sums.charged)),
    });
    totals
}
