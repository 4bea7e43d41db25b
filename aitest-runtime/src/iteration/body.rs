use std::fmt::Debug;
use std::process::ExitCode;

/// What a test body may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a return type of an `#[aitest]` test",
    label = "return `()`, `Result<(), E>` with `E: Debug`, or `std::process::ExitCode`"
)]
pub trait BodyResult {
    /// `Err` with the message when the body failed.
    fn into_failure(self) -> Option<String>;
}

impl BodyResult for () {
    fn into_failure(self) -> Option<String> {
        None
    }
}

impl<E: Debug> BodyResult for Result<(), E> {
    fn into_failure(self) -> Option<String> {
        self.err().map(|error| format!("{error:?}"))
    }
}

impl BodyResult for ExitCode {
    fn into_failure(self) -> Option<String> {
        (self != ExitCode::SUCCESS).then(|| format!("the body returned {self:?}"))
    }
}
