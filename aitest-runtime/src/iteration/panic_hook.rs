use std::backtrace::Backtrace;
use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, Once};

use crate::collector::{Iteration, Panicked, lock, text_of};

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// The address of our hook, by which it is known again.
static OURS: Mutex<usize> = Mutex::new(0);

/// Puts our hook over the process's. A panic inside an iteration is recorded there and printed by nobody; every other
/// one goes to the hook below.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| chain(&mut lock(&OURS), panic::take_hook()));
}

/// Puts our hook back over one that another library installed. Returns whether there was one.
pub(super) fn reinstall() -> bool {
    if std::thread::panicking() {
        return false;
    }
    let mut ours = lock(&OURS);
    let top = panic::take_hook();
    if address(&top) == *ours {
        panic::set_hook(top);
        return false;
    }
    chain(&mut ours, top);
    true
}

fn chain(ours: &mut usize, below: Hook) {
    let hook: Hook = Box::new(move |info| match Iteration::current() {
        Some(it) => record(&it, info),
        None => below(info),
    });
    *ours = address(&hook);
    panic::set_hook(hook);
}

fn address(hook: &Hook) -> usize {
    (&raw const **hook).cast::<()>().addr()
}

fn record(it: &Iteration, info: &PanicHookInfo<'_>) {
    // A capture waits for whichever thread is symbolizing. That is our time, not the iteration's.
    let overhead = it.clock().overhead();
    let backtrace = if it.test().wants_frames() { Some(Backtrace::force_capture()) } else { None };
    drop(overhead);
    let panicked =
        Panicked { message: text_of(info.payload()), location: info.location().map(ToString::to_string), backtrace };
    // A panic while this thread holds the collector's lock must not wait for itself.
    it.try_record_panic(panicked);
}
