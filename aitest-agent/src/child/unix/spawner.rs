use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::process::ChildProcess;
use super::signal::Group;
use super::{registry, watchdog};

/// How long a child may take to end after its input has ended.
const EOF_GRACE: Duration = Duration::from_millis(200);
const FIRST_POLL: Duration = Duration::from_micros(100);
const LONGEST_POLL: Duration = Duration::from_millis(5);

/// What the thread is asked to do.
pub(crate) enum Job {
    /// Spawn a child. One whose owner is gone by then is ended again.
    Spawn(Box<Command>, oneshot::Sender<io::Result<(ChildProcess, Child)>>),
    /// End a child whose input has ended.
    End(Group, Done),
}

/// Called on the thread when the child is gone.
pub(crate) type Done = Box<dyn FnOnce() + Send>;

/// Gives `job` to the thread `aitest-spawner`, which lives as long as the process.
pub(crate) fn send(job: Job) -> io::Result<()> {
    static SPAWNER: OnceLock<Option<Sender<Job>>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (sender, jobs) = mpsc::channel();
        let thread = thread::Builder::new().name("aitest-spawner".to_owned()).spawn(move || serve(&jobs));
        thread.ok().map(|_| sender)
    });
    let sent = spawner.as_ref().and_then(|spawner| spawner.send(job).ok());
    sent.ok_or_else(|| io::Error::other("the thread that spawns processes could not be started"))
}

fn serve(jobs: &Receiver<Job>) {
    watchdog::start();
    let mut ending: Vec<Ending> = Vec::new();
    loop {
        let job = match ending.iter().map(|child| child.next_poll).min() {
            None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(due) => jobs.recv_timeout(due.saturating_duration_since(Instant::now())),
        };
        match job {
            Ok(Job::Spawn(command, reply)) => {
                if let Err(Ok((orphan, _))) = reply.send(spawn(*command)) {
                    ending.push(Ending::new(orphan.abandon(), Box::new(|| {})));
                }
            }
            Ok(Job::End(group, done)) => ending.push(Ending::new(group, done)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        ending = ending.into_iter().filter_map(Ending::poll).collect();
    }
}

fn spawn(mut command: Command) -> io::Result<(ChildProcess, Child)> {
    let child = command.process_group(0).spawn()?;
    let group = Group(libc::pid_t::try_from(child.id()).map_err(io::Error::other)?);
    registry::add(group);
    Ok((ChildProcess::new(group), child))
}

/// A child on its way out.
struct Ending {
    group: Group,
    done: Done,
    stage: Stage,
    deadline: Instant,
    next_poll: Instant,
    interval: Duration,
}

enum Stage {
    InputEnded,
    Terminated,
    Killed,
}

impl Ending {
    fn new(group: Group, done: Done) -> Self {
        let now = Instant::now();
        let deadline = now + EOF_GRACE;
        Ending { group, done, stage: Stage::InputEnded, deadline, next_poll: now, interval: FIRST_POLL }
    }

    /// One look at the child; `None` when it is gone.
    fn poll(mut self) -> Option<Self> {
        let now = Instant::now();
        if now < self.next_poll {
            return Some(self);
        }
        if registry::reap_if_ended(self.group) {
            (self.done)();
            return None;
        }
        if now >= self.deadline {
            self.stage = match self.stage {
                Stage::InputEnded => {
                    self.group.terminate();
                    Stage::Terminated
                }
                Stage::Terminated | Stage::Killed => {
                    self.group.kill();
                    Stage::Killed
                }
            };
            self.deadline = now + registry::TERM_GRACE;
            self.interval = FIRST_POLL;
        }
        self.next_poll = now + self.interval;
        self.interval = (self.interval * 2).min(LONGEST_POLL);
        Some(self)
    }
}
