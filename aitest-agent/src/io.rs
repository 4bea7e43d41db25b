//! The thread `aitest-io`: a runtime of its own for what must outlive a test.
//!
//! A test's runtime ends with the test, and user code never runs here: libtest captures output per thread.

use std::future::{Future, pending};
use std::sync::OnceLock;
use std::{io, thread};

use tokio::runtime::{Builder, Handle};

/// Runs `future` on the thread `aitest-io`, which the first call starts.
///
/// # Errors
/// When the thread or its runtime could not be started. Later calls give the same error.
pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    static HANDLE: OnceLock<io::Result<Handle>> = OnceLock::new();
    match HANDLE.get_or_init(start) {
        Ok(handle) => {
            handle.spawn(future);
            Ok(())
        }
        Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
    }
}

fn start() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new().name("aitest-io".to_owned()).spawn(move || runtime.block_on(pending::<()>()))?;
    Ok(handle)
}
