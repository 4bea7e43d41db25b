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
        if let Some(every) = progress.every
            && run.elapsed() >= watched.next_line
        {
            watched.next_line = run.elapsed() + every;
            lines.push_str(&line(&run));
        }
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

fn line(run: &TestRun) -> String {
    let summary = run.summary();
    format!(
        "aitest: {}: {} of {} iterations done, {} passed, {} s\n",
        run.start.name,
        run.done(),
        summary.planned,
        summary.passed,
        run.elapsed().as_secs()
    )
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
