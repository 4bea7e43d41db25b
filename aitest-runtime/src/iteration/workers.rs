use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use super::BodyResult;
use super::guard::{BodyEnd, End, guard_sync, left, over, within};
use super::test_run::TestRun;
use crate::collector::{Iteration, warn};
use crate::record::SkippedBy;

/// Makes a thread that does this.
pub(super) type Spawn = fn(Box<dyn FnOnce() + Send>) -> io::Result<()>;

/// A thread of the test's name, as libtest's own.
pub(super) fn spawn_thread(work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    let name = thread::current().name().unwrap_or("aitest").to_owned();
    thread::Builder::new().name(name).spawn(work).map(drop)
}

/// Runs a body that is not async on worker threads, which are reused. A thread cannot be ended from outside: a body
/// over its limit leaks its worker, and the rest of the test is skipped. Where fewer threads can be made than
/// iterations may run at a time, iterations wait for those there are.
pub(super) fn drive_on_workers<F, R>(run: &TestRun, body: F, spawn: Spawn)
where
    F: Fn(Iteration) -> R + Clone + Send + 'static,
    R: BodyResult,
{
    let mut crew = Crew::new(spawn);
    let mut position = 0;
    while !crew.leaked {
        while crew.busy() < run.start.plan.concurrency as usize
            && let Some(number) = run.start.plan.numbers.at(position)
            && run.is_over().is_none()
            && let Some(worker) = crew.idle(run, &body)
        {
            position += 1;
            match run.admit(number) {
                true => crew.start(worker, run.begin(number, 1)),
                false => run.skip_for_budget(number),
            }
        }
        if crew.busy() == 0 {
            break;
        }
        crew.wait(run);
    }
    while crew.busy() > 0 {
        crew.wait(run);
    }
    if let Some(why) = run.is_over().filter(|_| !crew.leaked) {
        return run.skip_from(position, why);
    }
    while let Some(number) = run.start.plan.numbers.at(position) {
        position += 1;
        match &crew.no_thread {
            Some(error) if !crew.leaked => run.cannot_run(number, &no_thread(error)),
            _ => run.skip(number, SkippedBy::LeakedThread, LEAKED),
        }
    }
}

const LEAKED: &str = "an earlier iteration passed its time limit and its thread cannot be ended";

fn no_thread(error: &io::Error) -> String {
    format!(
        "no thread could be made for the iteration: {error}; raise the limits of threads and of memory (`ulimit -u`, \
         `ulimit -v`)"
    )
}

/// A worker's place in the crew, and how its body ended.
type Ended = (usize, BodyEnd);

struct Crew {
    spawn: Spawn,
    workers: Vec<Worker>,
    ended: Receiver<Ended>,
    report: Sender<Ended>,
    leaked: bool,
    /// Why no further worker can be had.
    no_thread: Option<io::Error>,
}

struct Worker {
    jobs: Option<Sender<Iteration>>,
    running: Option<Iteration>,
}

impl Crew {
    fn new(spawn: Spawn) -> Self {
        let (report, ended) = channel();
        Crew { spawn, workers: Vec::new(), ended, report, leaked: false, no_thread: None }
    }

    fn busy(&self) -> usize {
        self.workers.iter().filter(|worker| worker.running.is_some()).count()
    }

    /// A worker that has nothing to do, a new one if need be.
    fn idle<F, R>(&mut self, run: &TestRun, body: &F) -> Option<usize>
    where
        F: Fn(Iteration) -> R + Clone + Send + 'static,
        R: BodyResult,
    {
        let idle = self.workers.iter().position(|worker| worker.running.is_none() && worker.jobs.is_some());
        if idle.is_some() || self.no_thread.is_some() {
            return idle;
        }
        match self.hire(body.clone()) {
            Ok(index) => Some(index),
            Err(error) => {
                self.fewer(run, &error);
                self.no_thread = Some(error);
                None
            }
        }
    }

    fn fewer(&self, run: &TestRun, error: &io::Error) {
        let (made, wanted) = (self.workers.len(), run.start.plan.concurrency);
        if made > 0 {
            warn(
                "fewer_threads",
                &format!(
                    "{}: {made} of {wanted} iterations run at a time, since no further thread could be made: {error}; \
                     lower `concurrency`, or raise the limits of threads and of memory (`ulimit -u`, `ulimit -v`)",
                    run.start.name
                ),
            );
        }
    }

    fn hire<F, R>(&mut self, body: F) -> io::Result<usize>
    where
        F: Fn(Iteration) -> R + Clone + Send + 'static,
        R: BodyResult,
    {
        let index = self.workers.len();
        let (jobs, inbox) = channel::<Iteration>();
        let report = self.report.clone();
        (self.spawn)(Box::new(move || {
            for it in inbox {
                let end = guard_sync(&it, || body(it.clone()));
                if report.send((index, end)).is_err() {
                    return;
                }
            }
        }))?;
        self.workers.push(Worker { jobs: Some(jobs), running: None });
        Ok(index)
    }

    fn start(&mut self, index: usize, it: Iteration) {
        let worker = &mut self.workers[index];
        worker.running = Some(it.clone());
        let sent = worker.jobs.as_ref().is_some_and(|jobs| jobs.send(it).is_ok());
        debug_assert!(sent, "a worker lives until its sender is dropped");
    }

    /// Waits for an end or a limit, whichever comes first.
    fn wait(&mut self, run: &TestRun) {
        let limits = run.limits();
        let running = self.workers.iter().filter_map(|worker| worker.running.as_ref());
        let patience = running.map(|it| left(it, &limits)).min().unwrap_or(Duration::ZERO);
        match self.ended.recv_timeout(patience) {
            Ok((index, end)) => self.ended(run, index, end),
            Err(RecvTimeoutError::Timeout) => self.leak(run),
            Err(RecvTimeoutError::Disconnected) => unreachable!("the crew holds a sender itself"),
        }
    }

    fn ended(&mut self, run: &TestRun, index: usize, end: BodyEnd) {
        let Some(it) = self.workers[index].running.take() else { return };
        let end = within(&it, &run.limits(), end);
        if run.finish(&it, end) && !self.leaked {
            self.start(index, run.begin(it.index(), it.key().attempt + 1));
        }
    }

    /// Gives up the workers whose iterations are over a limit.
    fn leak(&mut self, run: &TestRun) {
        for worker in &mut self.workers {
            let limit = worker.running.as_ref().and_then(|it| over(it, &run.limits()));
            if let (Some(limit), Some(it)) = (limit, worker.running.take_if(|it| over(it, &run.limits()).is_some())) {
                run.finish(&it, End::Over(limit, None));
                worker.jobs = None;
                self.leaked = true;
            }
        }
    }
}
