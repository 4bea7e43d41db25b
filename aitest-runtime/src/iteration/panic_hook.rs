use std::any::Any;
use std::backtrace::Backtrace;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use crate::collector::{Iteration, Panicked};

/// Puts our hook over the process's. A panic inside an iteration is recorded there and printed by nobody; every other
/// one goes to the hook below.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(chain);
}

/// Puts the hook back over one that another library installed.
pub(super) fn reinstall() {
    if !std::thread::panicking() {
        chain();
    }
}

fn chain() {
    let below = panic::take_hook();
    panic::set_hook(Box::new(move |info| match Iteration::current() {
        Some(it) => record(&it, info),
        None => below(info),
    }));
}

fn record(it: &Iteration, info: &PanicHookInfo<'_>) {
    // A capture waits for whichever thread is symbolizing. That is our time, not the iteration's.
    let overhead = it.clock().overhead();
    let backtrace = if it.test().wants_frames() { Some(Backtrace::force_capture()) } else { None };
    drop(overhead);
    let panicked = Panicked {
        message: payload_text(info.payload()),
        location: info.location().map(ToString::to_string),
        backtrace,
    };
    // A panic while this thread holds the collector's lock must not wait for itself.
    it.try_record_panic(panicked);
}

/// The message of a panic.
pub(super) fn payload_text(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panicked with a value that is no text".to_owned())
}
