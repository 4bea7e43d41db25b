//! Changing the exit code after libtest has chosen it.
//!
//! From an exit hook, `std::process::exit` aborts, and `_exit` loses the coverage data that LLVM's runtime writes in
//! a later handler. A function in `.fini_array` runs after all of these.

use std::sync::atomic::{AtomicI32, Ordering};

static CODE: AtomicI32 = AtomicI32::new(0);

/// Ends the process with `code`, once every exit handler has run.
pub(super) fn end_with(code: i32) {
    CODE.store(code, Ordering::Relaxed);
    #[cfg(not(target_os = "linux"))]
    // SAFETY: everything of ours is written, and _exit(2) has no preconditions.
    unsafe {
        libc::_exit(code)
    }
}

#[cfg(target_os = "linux")]
extern "C" fn finish() {
    let code = CODE.load(Ordering::Relaxed);
    if code != 0 {
        // SAFETY: the handlers have run, and _exit(2) has no preconditions.
        unsafe { libc::_exit(code) }
    }
}

#[cfg(target_os = "linux")]
#[used]
#[unsafe(link_section = ".fini_array")]
static FINISH: extern "C" fn() = finish;
