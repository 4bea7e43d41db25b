use std::fmt::Debug;
use std::process::ExitCode;

use crate::collector::{RunFailure, write_error};

/// What a test body may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a return type of an `#[aitest]` test",
    label = "return `()`, `Result<(), E>` with `E: Debug`, or `std::process::ExitCode`"
)]
pub trait BodyResult {
    /// Why the body failed, if it did.
    fn into_failure(self) -> Option<BodyFailure>;
}

/// What a body that failed returned.
#[derive(Debug)]
pub struct BodyFailure {
    /// As `Debug` writes it.
    pub text: String,
    /// The error marked by `.infrastructure()` that it is or that it carries.
    pub(super) marked: Option<RunFailure>,
}

impl BodyFailure {
    /// A failure of one message.
    pub fn of(text: String) -> Self {
        BodyFailure { text, marked: None }
    }
}

impl BodyResult for () {
    fn into_failure(self) -> Option<BodyFailure> {
        None
    }
}

impl<E: Debug> BodyResult for Result<(), E> {
    fn into_failure(self) -> Option<BodyFailure> {
        let error = self.err()?;
        let (text, marked) = write_error(&error);
        Some(BodyFailure { text, marked })
    }
}

impl BodyResult for ExitCode {
    fn into_failure(self) -> Option<BodyFailure> {
        (self != ExitCode::SUCCESS).then(|| BodyFailure::of(format!("the body returned {self:?}")))
    }
}
