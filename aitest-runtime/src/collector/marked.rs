use std::cell::RefCell;
use std::fmt;

use super::RunFailure;

/// An error that `.infrastructure()` marked in this iteration, before secrets are replaced: the message of a panic is
/// compared with it.
#[derive(Clone, Debug)]
pub(crate) struct Marked {
    pub(crate) message: String,
    /// The error's `Debug`, its place included.
    pub(crate) whole: String,
    pub(crate) cause: RunFailure,
}

thread_local! {
    static WRITTEN: RefCell<Option<RunFailure>> = const { RefCell::new(None) };
}

/// The `Debug` of a marked error says that it is being written.
pub(crate) fn writes_marked(cause: RunFailure) {
    let _ = WRITTEN.try_with(|written| written.replace(Some(cause)));
}

/// The `Debug` of a body's error, and the marked error that it is or that it carries.
pub(crate) fn write_error(error: &impl fmt::Debug) -> (String, Option<RunFailure>) {
    let take = || WRITTEN.try_with(RefCell::take).ok().flatten();
    take();
    (format!("{error:?}"), take())
}
