use std::future::Future;
use std::sync::Arc;

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::BodyResult;
use super::guard::Guard;
use super::holder::Shared;
use super::test_run::{BUSY_PAUSE, TestRun};
use crate::collector::Iteration;

/// Runs every iteration on the runtime that polls this, at most `concurrency` at a time. Bodies need be neither
/// `Send` nor `'static`.
pub(crate) async fn drive_async<F, R>(run: &Arc<TestRun>, body: F)
where
    F: Fn(Iteration) -> R,
    R: Future<Output: BodyResult>,
{
    let mut in_flight = FuturesUnordered::new();
    let mut position = 0;
    loop {
        while in_flight.len() < run.start.plan.concurrency as usize
            && let Some(number) = run.start.plan.numbers.at(position)
            && run.is_over().is_none()
        {
            position += 1;
            in_flight.push(iterate(run, number, &body));
        }
        if in_flight.next().await.is_none() {
            break;
        }
    }
    if let Some(why) = run.is_over() {
        run.skip_from(position, why);
    }
}

/// One iteration with all its attempts.
async fn iterate<F, R>(run: &TestRun, number: u32, body: &F)
where
    F: Fn(Iteration) -> R,
    R: Future<Output: BodyResult>,
{
    if !is_admitted(run, number).await {
        return run.skip_for_budget(number);
    }
    for attempt in 1.. {
        let it = run.begin(number, attempt);
        let execution = Guard::new(it.clone(), run.limits(), body(it.clone()));
        let end = Shared { run, iteration: it.clone(), execution }.await;
        if !run.finish(&it, end) {
            return;
        }
    }
}

/// Asks the budget again until its ledger is free.
async fn is_admitted(run: &TestRun, number: u32) -> bool {
    loop {
        match run.try_admit(number) {
            Some(admitted) => return admitted,
            None => tokio::time::sleep(BUSY_PAUSE).await,
        }
    }
}
