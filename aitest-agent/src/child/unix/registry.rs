use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use super::signal::Group;
use super::watchdog;

/// How long a group that was asked to end may take.
pub(crate) const TERM_GRACE: Duration = Duration::from_millis(200);
const POLL: Duration = Duration::from_millis(1);
/// How long the exit hook waits for the registry.
const LOCK_BOUND: Duration = Duration::from_millis(100);

/// The groups that are not reaped. Whoever reaps holds the lock, so that no signal goes to a number that is free again.
static GROUPS: Mutex<BTreeSet<Group>> = Mutex::new(BTreeSet::new());

pub(crate) fn add(group: Group) {
    lock().insert(group);
    watchdog::tell('+', group);
}

/// Whether the leader has ended. If so, ends what is left of its group, reaps it and forgets it.
pub(crate) fn reap_if_ended(group: Group) -> bool {
    let mut groups = lock();
    if groups.contains(&group) && group.exit_status().is_none() {
        return false;
    }
    reap(&mut groups, group);
    true
}

/// Ends all children of this process: TERM, 200 ms, KILL. For the end of a process whose destructors do not run.
pub fn reap_children() {
    let Some(mut groups) = lock_within(LOCK_BOUND) else { return };
    groups.iter().for_each(|group| group.terminate());
    let deadline = Instant::now() + TERM_GRACE;
    while !groups.is_empty() && Instant::now() < deadline {
        let ended = groups.iter().copied().filter(|group| group.exit_status().is_some()).collect::<Vec<_>>();
        if ended.is_empty() {
            std::thread::sleep(POLL);
        }
        ended.into_iter().for_each(|group| reap(&mut groups, group));
    }
    for group in groups.clone() {
        group.kill();
        reap(&mut groups, group);
    }
}

fn reap(groups: &mut BTreeSet<Group>, group: Group) {
    if groups.remove(&group) {
        group.kill();
        group.reap();
        watchdog::tell('-', group);
    }
}

fn lock() -> MutexGuard<'static, BTreeSet<Group>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lock_within(bound: Duration) -> Option<MutexGuard<'static, BTreeSet<Group>>> {
    let deadline = Instant::now() + bound;
    loop {
        match GROUPS.try_lock() {
            Ok(groups) => return Some(groups),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::sleep(POLL),
            Err(TryLockError::WouldBlock) => return None,
        }
    }
}
