use std::io::Write;
use std::sync::{Arc, Mutex, Once, Weak};
use std::thread;
use std::time::Duration;

use super::test_run::TestRun;
use crate::collector::lock;

/// How often a slow test says how far it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// The pause between two lines; `None` for none at all.
    pub(crate) every: Option<Duration>,
}

static RUNNING: Mutex<Vec<Watched>> = Mutex::new(Vec::new());

struct Watched {
    run: Weak<TestRun>,
    next_line: Duration,
}

const TICK: Duration = Duration::from_millis(250);
/// A test that takes less says nothing.
const QUIET: Duration = Duration::from_secs(3);
/// How long an async body may block its thread over its limit.
const GRACE: Duration = Duration::from_secs(1);

/// Watches a test until it is dropped: prints its progress, and records iterations whose body blocks the thread that
/// would hold their time limit.
pub(crate) fn watch(run: &Arc<TestRun>, progress: Progress) {
    lock(&RUNNING).push(Watched { run: Arc::downgrade(run), next_line: QUIET });
    static THREAD: Once = Once::new();
    THREAD.call_once(|| {
        // Without the thread only progress lines and the watchdog are missing.
        let _ = thread::Builder::new().name("aitest-watch".to_owned()).spawn(move || {
            loop {
                thread::sleep(TICK);
                tick(progress);
            }
        });
    });
}

fn tick(progress: Progress) {
    let mut lines = String::new();
    let mut runs = Vec::new();
    lock(&RUNNING).retain_mut(|watched| {
        let Some(run) = watched.run.upgrade() else { return false };
        lines.extend(watched.line(&run, progress, run.elapsed()));
        runs.push(run);
        true
    });
    if !lines.is_empty() {
        // libtest captures `eprintln!`, not this.
        let _ = std::io::stderr().write_all(lines.as_bytes());
    }
    for run in runs {
        end_blocked(&run);
    }
}

impl Watched {
    /// The line that is due when `run` has taken `elapsed`.
    fn line(&mut self, run: &TestRun, progress: Progress, elapsed: Duration) -> Option<String> {
        let every = progress.every.filter(|_| elapsed >= self.next_line)?;
        self.next_line = elapsed + every;
        let summary = run.summary();
        Some(format!(
            "aitest: {}: {} of {} iterations done, {} passed, {} s\n",
            run.start.name,
            run.done(),
            summary.planned,
            summary.passed,
            elapsed.as_secs()
        ))
    }
}

fn end_blocked(run: &TestRun) {
    let Some(timeout) = run.limits().timeout else { return };
    for it in run.in_flight() {
        if it.clock().worked() >= timeout + GRACE && !run.holder.holds_up(it.key(), GRACE) {
            run.give_up(
                &it,
                &format!(
                    "the iteration worked longer than its time limit of {timeout:?} and blocked its thread: \
                     move blocking calls into `tokio::task::spawn_blocking`"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::guard::{BodyEnd, End};
    use super::super::tests::Engine;
    use super::*;

    /// The seconds at which a test of three iterations, two of them passed, says how far it is.
    fn lines(every: Option<Duration>, until: u64) -> Vec<(u64, String)> {
        let engine = Engine::of(3);
        let mut lines = Vec::new();
        engine.drive(|run| {
            for number in 1..=2 {
                let it = run.begin(number, 1);
                run.finish(&it, End::InTime(BodyEnd::Returned(None)));
            }
            let mut watched = Watched { run: Arc::downgrade(run), next_line: QUIET };
            let line = |second| watched.line(run, Progress { every }, Duration::from_secs(second));
            lines = (0..until).zip((0..until).map(line)).filter_map(|(at, line)| Some((at, line?))).collect();
        });
        lines
    }

    #[test]
    fn a_test_over_three_seconds_says_how_far_it_is() {
        let found = lines(Some(Duration::from_secs(2)), 8);
        assert_eq!(found.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [3, 5, 7]);
        assert!(found[0].1.ends_with(": 2 of 3 iterations done, 2 passed, 3 s\n"), "{}", found[0].1);
        assert_eq!(lines(Some(Duration::from_secs(60)), 64).len(), 2);
        assert!(lines(None, 64).is_empty(), "under nextest");
    }
}
