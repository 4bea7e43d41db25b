use super::anchor::{iteration_anchor, needs_a_look};
use super::cause::{Group, Seen, group};
use super::results::{kind_name, step_stats};
use super::text::{duration_text, grouped, pad, pad_left, visible, wrap};
use crate::record::{IterationRecord, Outcome, Percent, Quantity, Reason, TestRecord};
use crate::stats::{TestSummary, iterations_to_show};

const MOST_ROWS: usize = 20;
const MOST_CAUSES: usize = 3;
const MOST_LINES: usize = 12;
const WIDTH: usize = 100;

/// What a failed test panics with: the answer, not a dump. Rate, iterations, causes with their counts, what number of
/// iterations could judge the threshold, and where the report is. `test` may hold the first iterations alone; `summary`
/// counts them all.
pub fn failure_message(test: &TestRecord, summary: &TestSummary, report_path: Option<&str>) -> String {
    let name = test.identity.name();
    let verdict = test.verdict.as_ref().map_or("did not finish", |verdict| &verdict.message);
    let mut lines = vec![format!("{}: {}", visible(&name), visible(verdict)), String::new()];
    if !test.iterations.is_empty() {
        table(&mut lines, test, summary);
        lines.push(String::new());
    }
    steps(&mut lines, test, summary);
    causes(&mut lines, test, summary);
    lines.extend(hint(test, summary).map(|hint| format!("hint: {hint}")));
    lines.extend(report_path.map(|path| format!("report: {path}#{}", anchor(test))));
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

fn anchor(test: &TestRecord) -> String {
    let first = test.counted().find(|record| needs_a_look(record.outcome));
    let first = first.or_else(|| test.counted().next());
    first.map_or_else(
        || super::anchor::test_anchor(test.id),
        |record| iteration_anchor(test.id, record.key.rerun, record.key.iteration),
    )
}

/// Not-passing iterations first.
fn table(lines: &mut Vec<String>, test: &TestRecord, summary: &TestSummary) {
    let header = ["Iteration", "Outcome", "Duration", "Tokens", "Cost"].map(str::to_owned);
    let mut records: Vec<_> = test.counted().filter(|record| !record.is_left_out()).collect();
    records.sort_by_key(|record| !needs_a_look(record.outcome));
    let mut rows = vec![header];
    rows.extend(records.iter().take(MOST_ROWS).map(|record| row(record)));
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.len());
        }
    }
    for [iteration, outcome, duration, tokens, cost] in rows {
        let (iteration, outcome) = (pad_left(&iteration, widths[0]), pad(&outcome, widths[1]));
        let (duration, tokens) = (pad_left(&duration, widths[2]), pad_left(&tokens, widths[3]));
        lines.push(format!("  {iteration}  {outcome}  {duration}  {tokens}  {}", pad_left(&cost, widths[4])));
    }
    let all = summary.graded() + summary.errored + summary.skipped + summary.interrupted - summary.left_out;
    let more = all.saturating_sub(records.len().min(MOST_ROWS) as u64);
    if more > 0 {
        lines.push(format!("  ... {} more iterations", grouped(more)));
    }
}

fn row(record: &IterationRecord) -> [String; 5] {
    let mut spend = record.agent;
    spend += record.judge;
    let cost = spend.cost.map_or_else(|| "-".to_owned(), |cost| cost.to_string());
    [
        record.key.iteration.to_string(),
        outcome_text(record.outcome).to_owned(),
        duration_text(record.duration_us / 1000),
        spend.usage.total().map_or_else(|| "-".to_owned(), grouped),
        if spend.cost.is_some() && spend.unpriced > 0 { format!(">={cost}") } else { cost },
    ]
}

/// `timed out`: the word for people.
pub(crate) fn outcome_text(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::TimedOut => "timed out",
        outcome => outcome.name(),
    }
}

/// How often each step of a session passed, of the iterations that reached it.
fn steps(lines: &mut Vec<String>, test: &TestRecord, summary: &TestSummary) {
    let steps = step_stats(&[test]);
    if steps.is_empty() {
        return;
    }
    let known = test.counted().count() as u64;
    let all = summary.graded() + summary.errored + summary.skipped + summary.interrupted;
    let of = if all > known { format!(" of {} of {} iterations", grouped(known), grouped(all)) } else { String::new() };
    lines.push(format!("  steps{of}, passed of those that reached them:"));
    let width = steps.iter().map(|step| step.name.len()).max().unwrap_or(0);
    lines.extend(steps.iter().map(|step| format!("  {}  {}/{}", pad(&step.name, width), step.passed, step.n)));
    lines.push(String::new());
}

fn causes(lines: &mut Vec<String>, test: &TestRecord, summary: &TestSummary) {
    let seen = test.counted().filter_map(|record| {
        let failure = record.failure.as_ref()?;
        Some(Seen {
            kind: kind_name(failure.kind),
            message: &failure.message,
            location: failure.location.as_deref(),
            member: record.key.iteration,
        })
    });
    let groups = group(seen);
    let known = groups.iter().map(|group| group.members.len() as u64).sum();
    let all = summary.failed + summary.timed_out + summary.errored;
    if all > known && known > 0 {
        lines.push(format!("  causes of {} of {} iterations:", grouped(known), grouped(all)));
    }
    for group in groups.iter().take(MOST_CAUSES) {
        cause(lines, group);
    }
    if groups.len() > MOST_CAUSES {
        lines.push(format!("  ... {} more causes", groups.len() - MOST_CAUSES));
    }
    if !groups.is_empty() {
        lines.push(String::new());
    }
}

/// The count, the message, where it happened, and what else the first message says.
fn cause(lines: &mut Vec<String>, group: &Group<'_, u32>) {
    let mut numbers: Vec<_> = group.members.iter().take(5).map(|n| format!("#{n}")).collect();
    if group.members.len() > 5 {
        numbers.push("...".to_owned());
    }
    let place = group.location.map(|location| format!(" at {}", visible(location))).unwrap_or_default();
    lines.push(format!("  {}x {} {}{place}", group.members.len(), group.kind, numbers.join(" ")));
    let message = visible(group.first.trim_matches('\n'));
    let mut message = message.lines().flat_map(|line| wrap(line, WIDTH - 6));
    lines.extend(message.by_ref().take(MOST_LINES).map(|line| format!("      {line}")));
    let more = message.count();
    if more > 0 {
        lines.push(format!("      ... {more} more lines"));
    }
}

fn hint(test: &TestRecord, summary: &TestSummary) -> Option<String> {
    let command =
        |n: u64| format!("run `AITEST_ITERATIONS={n} cargo test {}`", visible(&test.identity.selected_name()));
    match test.verdict.as_ref()?.reason {
        Reason::ThresholdMissed => threshold_hint(test, command),
        Reason::ConfidenceNotReached => {
            let confidence = test.policy.confidence()?.fraction();
            let failures = summary.graded() - summary.passed;
            let enough = iterations_to_show(test.policy.min_pass_rate.fraction(), failures, confidence).ok()?;
            Some(format!("too few iterations to be sure: {}", command(enough)))
        }
        Reason::GateMissed => {
            let needs = test.rules.gates.iter().filter_map(|gate| match gate.quantity {
                Quantity::PassAt(k) | Quantity::PassHat(k) => Some(u64::from(k)),
                _ => None,
            });
            let most = needs.max().filter(|most| *most > summary.graded())?;
            Some(format!("its gates need {most} graded iterations: {}", command(most)))
        }
        _ => None,
    }
}

fn threshold_hint(test: &TestRecord, command: impl Fn(u64) -> String) -> Option<String> {
    let (rate, planned) = (test.policy.min_pass_rate, u64::from(test.planned));
    let count = if planned == 1 { "1 iteration".to_owned() } else { format!("{planned} iterations") };
    if rate < Percent::ALL && rate.of(planned) == planned {
        return Some(format!("{count} cannot judge {rate}: {}", command(enough_to_judge(rate))));
    }
    (planned == 1).then(|| format!("1 iteration does not tell how often it fails: {}", command(10)))
}

/// The least number of iterations that may hold failures and meets `rate` exactly; where that is above 100, the least
/// that may hold a failure.
fn enough_to_judge(rate: Percent) -> u64 {
    let tolerates = |n: &u64| rate.of(*n) < *n;
    let is_exact = |n: &u64| rate.of(*n) == rate.floor_of(*n);
    let first = || (2..=1_000_000).find(tolerates).unwrap_or(1_000_000);
    (2..=100).find(|n| tolerates(n) && is_exact(n)).unwrap_or_else(first)
}

#[cfg(test)]
mod tests {
    use super::enough_to_judge;

    #[test]
    fn iterations_that_can_judge_a_rate() {
        for (rate, n) in [("60", 5), ("80", 5), ("50", 2), ("90", 10), ("99", 100), ("66.6", 3), ("99.95", 2000)] {
            assert_eq!(enough_to_judge(rate.parse().unwrap()), n, "{rate}");
        }
    }
}
