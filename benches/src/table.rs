//! The figures beside their goals.

use crate::subjects::Figures;

/// What a figure may be.
#[derive(Clone, Copy)]
enum Goal {
    /// At most this.
    Most(f64),
    /// At most this much more than the bare counterpart.
    More(f64),
    /// At most this times the bare counterpart.
    Times(f64),
    /// Shown for comparison.
    None,
}

impl Goal {
    fn text(self) -> String {
        match self {
            Goal::Most(most) => format!("{most}"),
            Goal::More(more) => format!("{more} more"),
            Goal::Times(times) => format!("{times} x"),
            Goal::None => "-".to_owned(),
        }
    }

    fn verdict(self, ours: f64, bare: f64) -> &'static str {
        let met = match self {
            Goal::Most(most) => ours <= most,
            Goal::More(more) => ours - bare <= more,
            Goal::Times(times) => ours <= bare * times,
            Goal::None => return "-",
        };
        if met { "yes" } else { "no" }
    }
}

/// What the figure is, ours and bare by name, the divisor of both, the goal.
type Row = (&'static str, &'static str, &'static str, f64, Goal);

const MIB: f64 = 1024.0;

/// `dev` picks the goals of the dev profile.
fn rows(dev: bool) -> [Row; 20] {
    let pick = |release, development| if dev { development } else { release };
    let empty = Goal::Most(pick(5.0, 40.0));
    let exit = Goal::More(pick(2.0, 20.0));
    [
        ("empty async iteration, µs", "async_ns", "bare_loop_ns", 1e3, empty),
        ("empty sync iteration, µs", "sync_ns", "bare_loop_ns", 1e3, empty),
        ("... beside two bare write(2), µs", "sync_ns", "two_writes_ns", 1e3, Goal::None),
        ("spawn to first iteration, ms", "one_start_us", "plain_start_us", 1e3, Goal::More(5.0)),
        ("exit after one iteration of 100 ms, ms", "late_exit_us", "plain_exit_us", 1e3, exit),
        ("exit after one empty iteration, ms", "one_exit_us", "plain_exit_us", 1e3, exit),
        ("memory at iteration 100,000, MiB", "memory_kib", "plain_peak_kib", MIB, Goal::More(20.0)),
        ("memory with their exit render, MiB", "exit_peak_kib", "plain_peak_kib", MIB, Goal::More(150.0)),
        ("agent run with a server, CPU ms", "with_server_us", "with_server_by_hand_us", 1e3, Goal::Times(1.25)),
        (
            "agent run on one server for all, CPU µs",
            "with_shared_server_us",
            "with_shared_server_by_hand_us",
            1.0,
            Goal::Times(1.25),
        ),
        ("server over stdio, start to end, CPU ms", "stdio_us", "stdio_by_hand_us", 1e3, Goal::Times(1.25)),
        ("server over HTTP, start to end, CPU µs", "http_us", "http_by_hand_us", 1.0, Goal::Times(1.25)),
        ("server over HTTP+SSE, start to end, CPU µs", "sse_us", "sse_by_hand_us", 1.0, Goal::Times(1.25)),
        ("agent run without a server, CPU µs", "model_alone_us", "model_alone_by_hand_us", 1.0, Goal::None),
        ("exchange through a tap, CPU µs", "model_behind_a_tap_us", "model_alone_by_hand_us", 1.0, Goal::None),
        ("50 answers of 200 ms, 10 at a time, ms", "latency_ms", "latency_bare_ms", 1.0, Goal::Times(1.05)),
        ("memory of an idle agent run, KiB", "idle_run_kib", "", 1.0, Goal::Most(256.0)),
        ("report of 1,000 tests x 10, ms", "report_us", "plain_exit_us", 1e3, Goal::Most(pick(500.0, 3000.0))),
        ("report.html, MB", "report.html", "", 1e6, Goal::None),
        ("results.json, MB", "results.json", "", 1e6, Goal::None),
    ]
}

/// The statistics are of this process.
const STATISTICS: [Row; 5] = [
    ("summary of 100,000 iterations in 1,000 tests, ms", "summarise_us", "", 1e3, Goal::Most(50.0)),
    ("Wilson interval, µs", "wilson_us", "", 1.0, Goal::Most(5.0)),
    ("Clopper-Pearson interval, µs", "clopper_pearson_us", "", 1.0, Goal::Most(5.0)),
    ("confidence sequence, µs", "sequence_us", "", 1.0, Goal::Most(5.0)),
    ("exact permutation of 20 tests x 10, ms", "permutation_us", "", 1e3, Goal::Most(1000.0)),
];

/// The table in Markdown.
pub(crate) fn table(figures: &Figures, dev: bool) -> String {
    let mut all = rows(dev).to_vec();
    all.extend(STATISTICS);
    markdown(figures, &all)
}

/// The rows of the statistics alone.
pub(crate) fn statistics(figures: &Figures) -> String {
    markdown(figures, &STATISTICS)
}

fn markdown(figures: &Figures, rows: &[Row]) -> String {
    let mut text =
        "| Figure | aitest | Bare | Ratio | Goal | Met |\n| --- | --- | --- | --- | --- | --- |\n".to_owned();
    for &(name, ours, bare, divisor, goal) in rows {
        let get = |name: &str| figures.get(name).map_or(f64::NAN, |value| value / divisor);
        let (ours, bare) = (get(ours), get(bare));
        let verdict = goal.verdict(ours, bare);
        let ratio = shown(ours / bare);
        text.push_str(&format!(
            "| {name} | {} | {} | {ratio} | {} | {verdict} |\n",
            shown(ours),
            shown(bare),
            goal.text()
        ));
    }
    text
}

/// Three digits; `-` for what was not measured.
fn shown(value: f64) -> String {
    match value {
        value if !value.is_finite() => "-".to_owned(),
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}
