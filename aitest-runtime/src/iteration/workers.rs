use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use super::BodyResult;
use super::guard::{BodyEnd, guard_sync, left, over};
use super::test_run::TestRun;
use crate::collector::Iteration;

/// Runs a body that is not async on worker threads, which are reused. A thread cannot be ended from outside: a body
/// over its limit leaks its worker, and the rest of the test is skipped.
pub(super) fn drive_on_workers<F, R>(run: &TestRun, body: F)
where
    F: Fn(Iteration) -> R + Copy + Send + 'static,
    R: BodyResult,
{
    let mut crew = Crew::new();
    let mut position = 0;
    while !crew.leaked {
        while crew.busy() < run.start.plan.concurrency as usize
            && let Some(number) = run.start.plan.numbers.at(position)
        {
            position += 1;
            match run.admit(number) {
                true => crew.start(run.begin(number, 1), body),
                false => run.skip_for_budget(number),
            }
        }
        if crew.busy() == 0 {
            return;
        }
        crew.wait(run, body);
    }
    while crew.busy() > 0 {
        crew.wait(run, body);
    }
    while let Some(number) = run.start.plan.numbers.at(position) {
        position += 1;
        run.skip(number, "an earlier iteration passed its time limit and its thread cannot be ended");
    }
}

type Ended = (usize, BodyEnd);

struct Crew {
    workers: Vec<Worker>,
    ended: Receiver<Ended>,
    report: Sender<Ended>,
    leaked: bool,
}

struct Worker {
    jobs: Option<Sender<Iteration>>,
    running: Option<Iteration>,
}

impl Crew {
    fn new() -> Self {
        let (report, ended) = channel();
        Crew { workers: Vec::new(), ended, report, leaked: false }
    }

    fn busy(&self) -> usize {
        self.workers.iter().filter(|worker| worker.running.is_some()).count()
    }

    fn start<F, R>(&mut self, it: Iteration, body: F)
    where
        F: Fn(Iteration) -> R + Copy + Send + 'static,
        R: BodyResult,
    {
        let idle = self.workers.iter().position(|worker| worker.running.is_none() && worker.jobs.is_some());
        let index = idle.unwrap_or_else(|| self.hire(body));
        let worker = &mut self.workers[index];
        worker.running = Some(it.clone());
        let sent = worker.jobs.as_ref().is_some_and(|jobs| jobs.send(it).is_ok());
        debug_assert!(sent, "a worker lives until its sender is dropped");
    }

    fn hire<F, R>(&mut self, body: F) -> usize
    where
        F: Fn(Iteration) -> R + Copy + Send + 'static,
        R: BodyResult,
    {
        let index = self.workers.len();
        let (jobs, inbox) = channel::<Iteration>();
        let report = self.report.clone();
        let work = move || {
            for it in inbox {
                let end = guard_sync(&it, || body(it.clone()));
                if report.send((index, end)).is_err() {
                    return;
                }
            }
        };
        let name = thread::current().name().unwrap_or("aitest").to_owned();
        if let Err(error) = thread::Builder::new().name(name).spawn(work) {
            // Without a thread the job's sender has no receiver; the iteration is reported as a panic of this thread.
            let _ = self.report.send((index, BodyEnd::Panicked(Box::new(format!("no thread: {error}")))));
        }
        self.workers.push(Worker { jobs: Some(jobs), running: None });
        index
    }

    /// Waits for an end or a limit, whichever comes first.
    fn wait<F, R>(&mut self, run: &TestRun, body: F)
    where
        F: Fn(Iteration) -> R + Copy + Send + 'static,
        R: BodyResult,
    {
        let limits = run.limits();
        let running = self.workers.iter().filter_map(|worker| worker.running.as_ref());
        let patience = running.map(|it| left(it, &limits)).min().unwrap_or(Duration::ZERO);
        match self.ended.recv_timeout(patience) {
            Ok((index, end)) => self.ended(run, body, index, end),
            Err(RecvTimeoutError::Timeout) => self.leak(run),
            Err(RecvTimeoutError::Disconnected) => unreachable!("the crew holds a sender itself"),
        }
    }

    fn ended<F, R>(&mut self, run: &TestRun, body: F, index: usize, end: BodyEnd)
    where
        F: Fn(Iteration) -> R + Copy + Send + 'static,
        R: BodyResult,
    {
        let Some(it) = self.workers[index].running.take() else { return };
        let end = over(&it, &run.limits()).unwrap_or(end);
        if run.finish(&it, end) && !self.leaked {
            self.start(run.begin(it.index(), it.key().attempt + 1), body);
        }
    }

    /// Gives up the workers whose iterations are over a limit.
    fn leak(&mut self, run: &TestRun) {
        for worker in &mut self.workers {
            let end = worker.running.as_ref().and_then(|it| over(it, &run.limits()));
            if let (Some(end), Some(it)) = (end, worker.running.take_if(|it| over(it, &run.limits()).is_some())) {
                run.finish(&it, end);
                worker.jobs = None;
                self.leaked = true;
            }
        }
    }
}
