use std::sync::Arc;

use super::BodyResult;
use super::guard::{End, guard_sync};
use super::test_run::TestRun;
use super::workers::{drive_on_workers, spawn_thread};
use crate::collector::Iteration;

/// Runs every iteration: on this thread, or with a time limit or concurrency on worker threads.
pub(crate) fn drive_sync<F, R>(run: &Arc<TestRun>, body: F)
where
    F: Fn(Iteration) -> R + Clone + Send + 'static,
    R: BodyResult,
{
    if run.start.plan.timeout.is_some() || run.start.plan.concurrency > 1 {
        return drive_on_workers(run, body, spawn_thread);
    }
    let mut position = 0;
    while let Some(number) = run.start.plan.numbers.at(position) {
        if let Some(why) = run.is_over() {
            return run.skip_from(position, why);
        }
        position += 1;
        if !run.admit(number) {
            run.skip_for_budget(number);
            continue;
        }
        for attempt in 1.. {
            let it = run.begin(number, attempt);
            let end = guard_sync(&it, || body(it.clone()));
            if !run.finish(&it, End::InTime(end)) {
                break;
            }
        }
    }
}
