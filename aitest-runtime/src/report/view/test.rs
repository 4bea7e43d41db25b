use super::super::anchor::test_anchor;
use super::super::rerun::rerun;
use super::super::results::{Counts, GateResult, Iteration, Results, Test};
use super::super::status::Status;
use super::super::text::{duration_text, grouped, interval_text, percent_of, plural};
use super::chart::{Bar, Strip};
use super::gate::GateRow;
use super::iteration::{IterationRow, IterationView, has_more, is_urgent};
use super::numbers::{cost_text, count_text, not_counted, rate_text};
use super::shown::Shown;
use super::size::Keep;
use super::steps::StepTable;
use crate::record::{Cost, Stability, VerdictKind};
use crate::stats::percent_text;

/// Iterations of one test that the page shows.
const MOST_ROWS: usize = 200;

/// One test: its row, and what stands behind it.
pub(crate) struct TestView<'r> {
    pub(super) results: &'r Results<'r>,
    pub(super) test: &'r Test<'r>,
    shown: Vec<&'r Iteration<'r>>,
    keep: Keep,
    pub(crate) anchor: String,
    pub(crate) word: &'static str,
    pub(crate) class: &'static str,
    pub(crate) is_open: bool,
    pub(crate) title: Shown<'r>,
    /// Path, case and agent, as far as the title does not say them.
    pub(crate) subtitle: Shown<'r>,
    pub(crate) strip: Option<Strip>,
    pub(crate) bar: Option<Bar>,
    /// `2/3`, and `67 %`; `not graded`.
    pub(crate) count: String,
    pub(crate) percent: String,
    /// `[21–94 %]`, empty for one iteration.
    pub(crate) interval: String,
    pub(crate) duration: String,
    pub(crate) tokens: String,
    pub(crate) cost: String,
}

impl<'r> TestView<'r> {
    pub(super) fn of(results: &'r Results<'r>, test: &'r Test<'r>, keep: Keep, is_open: bool) -> Self {
        let (status, stats) = (Status::of(test), &test.stats);
        let interval = stats.ci.map(|ci| format!("[{} %]", interval_text(ci, '–'))).unwrap_or_default();
        TestView {
            results,
            test,
            shown: shown(test),
            keep,
            anchor: test_anchor(test.id),
            word: status.word(),
            class: class(status),
            is_open,
            title: Shown::from(test.title.as_deref().unwrap_or(&test.path)),
            subtitle: subtitle(results, test).into(),
            strip: Strip::of(test),
            bar: Bar::of(test, &interval, &rate_text(&stats.counts)),
            count: count(&stats.counts),
            percent: if stats.counts.n == 0 {
                String::new()
            } else {
                percent_text(stats.counts.passed, stats.counts.n)
            },
            interval: if stats.counts.n > 1 { interval } else { String::new() },
            duration: stats.duration_ms.map_or_else(|| "—".to_owned(), |spread| duration_text(spread.p50)),
            tokens: count_text(stats.tokens.map(|spread| spread.p50)),
            cost: stats
                .cost_pico_usd
                .map_or_else(|| "—".to_owned(), |spread| Cost::from_pico_usd(spread.mean).to_string()),
        }
    }

    /// `2/3 iterations passed — 67 %`, and what was not counted.
    pub(crate) fn rate(&self) -> String {
        let rate = rate_text(&self.test.stats.counts);
        match not_counted(&self.test.stats.counts) {
            others if others.is_empty() => rate,
            others => format!("{rate}, {others}"),
        }
    }

    /// The verdict in words.
    pub(crate) fn verdict(&self) -> Shown<'r> {
        let Some(verdict) = &self.test.verdict else {
            return Shown::from("The test started and did not finish.");
        };
        let word = match verdict.verdict.known() {
            Some(VerdictKind::Passed) if self.test.rerun > 1 => format!("passed on rerun {}", self.test.rerun),
            Some(VerdictKind::Passed) => return Shown::from("Verdict: passed."),
            Some(VerdictKind::Failed) => "failed".to_owned(),
            Some(VerdictKind::NotGraded) => "not graded".to_owned(),
            Some(VerdictKind::Inconclusive) | None => "inconclusive".to_owned(),
        };
        Shown::from(format!("Verdict: {word}. {}", verdict.message))
    }

    /// `≥ 60 % met` and its class, where a threshold was judged.
    pub(crate) fn threshold(&self) -> Option<(String, &'static str)> {
        let gate = self.test.gates.first().filter(|gate| gate.text.is_none())?;
        let threshold = format!("≥ {} %", percent_of(gate.threshold));
        let has_own = self.test.policy.is_some_and(|policy| policy.own_threshold);
        match gate.result.known() {
            Some(GateResult::Met) if has_own => Some((format!("{threshold} met"), "pass")),
            Some(GateResult::NotMet) => Some((format!("{threshold} not met"), "fail")),
            Some(GateResult::Inconclusive) => Some((format!("{threshold} not judged"), "muted")),
            _ => None,
        }
    }

    /// Its gates, each with its result, what was observed, and a class.
    pub(crate) fn gates(&self) -> Vec<GateRow<'r>> {
        self.test.gates.iter().filter_map(GateRow::of).collect()
    }

    /// What else there is to say of the verdict: an exception, a stop, how many iterations would show the rate.
    pub(crate) fn remarks(&self) -> Vec<Shown<'r>> {
        let counts = &self.test.stats.counts;
        let known = self.test.known_flaky.as_ref().map(|known| {
            let mut text = format!("Known to be flaky until {}: {}.", known.until, known.reason);
            if known.no_longer {
                text.push_str(" This run shows that it is no longer flaky: remove `flaky`.");
            }
            if let Some(clean) = known.clean_needed {
                text.push_str(&format!(" {} clean iterations would show that it is no longer flaky.", grouped(clean)));
            }
            text
        });
        let interval = self.test.stats.method.as_deref().map(|method| match method {
            "curtailed" => "The interval holds for every way the iterations left out could have come out.",
            _ => "The interval holds whenever a test is stopped: a confidence sequence.",
        });
        let needed = self.test.needed.map(|needed| format!("{}.", needed.text(counts.n - counts.passed)));
        let remarks = known.into_iter().chain(interval.map(str::to_owned)).chain(needed);
        remarks.map(Shown::from).collect()
    }

    /// The command that runs again what did not pass.
    pub(crate) fn rerun(&self) -> Option<Shown<'r>> {
        rerun(&self.results.run, self.test).map(Shown::from)
    }

    /// Where the test stands, and its settings with their origins.
    pub(crate) fn facts(&self) -> Shown<'r> {
        let mut facts = vec![format!("{}:{}", self.test.file, self.test.line)];
        let model = self.results.run.settings.iter().find(|setting| setting.name == "model");
        let model = model.filter(|_| self.test.follows_model);
        facts.extend(model.map(|setting| format!("follows the model {} from {}", setting.value, setting.origin)));
        facts.extend(
            self.test
                .settings
                .iter()
                .map(|setting| format!("{} {} from {}", setting.name, setting.value, setting.origin)),
        );
        Shown::from(facts.join(" · "))
    }

    /// `Result: 2/3 iterations passed (67 %) — flagged as flaky.`
    pub(crate) fn result(&self) -> String {
        let counts = &self.test.stats.counts;
        let mark = match self.test.stability.known() {
            Some(Stability::Flaky) => " — flagged as flaky",
            Some(Stability::Broken) => " — flagged as broken",
            _ => "",
        };
        let others = not_counted(counts);
        let others = if others.is_empty() { others } else { format!(" ({others}, not counted)") };
        match counts.n {
            0 => format!("Result: not evaluated, no iteration was graded{others}."),
            n => format!(
                "Result: {}/{} iterations passed ({}){mark}{others}.",
                grouped(counts.passed),
                grouped(n),
                percent_text(counts.passed, n)
            ),
        }
    }

    /// Of a session, its steps by its iterations.
    pub(crate) fn steps(&self) -> Option<StepTable<'r>> {
        StepTable::of(self.test)
    }

    /// Duration, tokens and cost over all executions.
    pub(crate) fn sums(&self) -> [String; 3] {
        let (stats, total) = (&self.test.stats, self.test.stats.spend.total());
        let duration = stats.duration_ms.map_or_else(|| "—".to_owned(), |spread| duration_text(spread.sum));
        [duration, count_text(total.tokens()), cost_text(&total)]
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = IterationRow<'r>> + '_ {
        self.shown.iter().map(|iteration| IterationRow::of(self, iteration))
    }

    /// What did not pass first, attempts that do not count last.
    pub(crate) fn iterations(&self) -> impl Iterator<Item = IterationView<'r>> + '_ {
        let mut order: Vec<_> = self.shown.iter().filter(|iteration| has_more(iteration)).collect();
        order.sort_by_key(|iteration| (self.is_earlier(iteration), !is_urgent(iteration)));
        order.into_iter().map(|iteration| IterationView::of(self, iteration))
    }

    /// How many iterations the page leaves out.
    pub(crate) fn more(&self) -> Option<String> {
        let all = self.test.iterations.len() + self.test.earlier_attempts.len();
        let more = all.saturating_sub(self.shown.len()) as u64;
        (more > 0).then(|| format!("{} in results.json.", plural(more, "more iteration")))
    }

    pub(super) fn is_earlier(&self, iteration: &Iteration<'_>) -> bool {
        self.test.earlier_attempts.iter().any(|earlier| std::ptr::eq(earlier, iteration))
    }

    pub(super) fn is_first_to_look_at(&self, iteration: &Iteration<'_>) -> bool {
        let mut counted = self.test.iterations.iter();
        counted.find(|counted| is_urgent(counted)).is_some_and(|first| std::ptr::eq(first, iteration))
    }

    pub(super) fn keeps_transcript(&self, iteration: &Iteration<'_>) -> bool {
        let is_first_passing =
            || self.shown.iter().find(|other| !is_urgent(other)).is_some_and(|first| std::ptr::eq(*first, iteration));
        self.keep == Keep::All || is_urgent(iteration) || is_first_passing()
    }

    pub(super) fn agent_name(&self, id: &str) -> &'r str {
        agent_name(self.results, id)
    }
}

fn count(counts: &Counts) -> String {
    match counts.n {
        0 => "not graded".to_owned(),
        n => format!("{}/{}", grouped(counts.passed), grouped(n)),
    }
}

fn agent_name<'r>(results: &'r Results<'r>, id: &str) -> &'r str {
    results.agents.iter().find(|agent| agent.id == id).map_or("?", |agent| agent.name.as_ref())
}

fn class(status: Status) -> &'static str {
    match status {
        Status::Pass => "pass",
        Status::Flaky => "flaky",
        Status::Fail => "fail",
        Status::Errored => "err",
        Status::Inconclusive => "none",
    }
}

fn subtitle(results: &Results<'_>, test: &Test<'_>) -> String {
    let mut parts = Vec::new();
    if test.title.is_some() || test.case.is_some() {
        parts.push(test.name());
    }
    let packages = results.tests.iter().any(|other| other.package != test.package || other.target != test.target);
    if packages {
        parts.push(if test.package == test.target {
            test.package.to_string()
        } else {
            format!("{}/{}", test.package, test.target)
        });
    }
    let agent = test.agent.as_deref().map(|id| agent_name(results, id));
    parts.extend(
        agent.filter(|name| results.agents.len() > 1 && Some(*name) != test.case.as_deref()).map(str::to_owned),
    );
    parts.join(" · ")
}

/// The iterations that the page shows, in the order of the table: by number, or where they are too many, what did not
/// pass first.
fn shown<'r>(test: &'r Test<'r>) -> Vec<&'r Iteration<'r>> {
    let mut all: Vec<_> = test.iterations.iter().chain(&test.earlier_attempts).collect();
    all.sort_by_key(|iteration| (iteration.rerun, iteration.n, iteration.attempt));
    if all.len() > MOST_ROWS {
        all.sort_by_key(|iteration| !is_urgent(iteration));
        all.truncate(MOST_ROWS);
    }
    all
}
