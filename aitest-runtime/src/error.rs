//! The error that test bodies return.

use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;

use crate::collector::{self, Iteration};
use crate::record::FailureKind;
use crate::redact;

/// The result of a test body.
pub type Result<T = ()> = std::result::Result<T, Error>;

/// Any error, with the place where `?` turned it into this one.
///
/// Like `anyhow::Error`, it is made of every error by `?`, and its `Debug` is what people read: the message, its
/// causes, the place.
///
/// ```
/// # use aitest_runtime as aitest;
/// fn parse(text: &str) -> aitest::Result<i32> {
///     Ok(text.parse()?)
/// }
/// assert!(format!("{:?}", parse("x").unwrap_err()).starts_with("invalid digit found in string"));
/// ```
pub struct Error {
    source: Box<dyn StdError + Send + Sync>,
    location: &'static Location<'static>,
    is_infrastructure: bool,
}

impl Error {
    /// An error of one message.
    #[track_caller]
    pub fn msg(message: impl fmt::Display) -> Self {
        Error { source: message.to_string().into(), location: Location::caller(), is_infrastructure: false }
    }

    /// An error of the infrastructure: when it ends the body, the iteration is errored, not failed, and leaves the
    /// rate.
    ///
    /// It ends the body when the body returns it, alone or in an error whose `Debug` shows it, or panics with its
    /// `Debug` at the end of the message, as `unwrap` and `expect` do. A body that handles it may still fail.
    ///
    /// ```
    /// # use aitest_runtime as aitest;
    /// let error = aitest::Error::infrastructure("no route to the model");
    /// assert_eq!(error.to_string(), "no route to the model");
    /// ```
    #[track_caller]
    pub fn infrastructure(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let error = Error { source: error.into(), location: Location::caller(), is_infrastructure: true };
        if let Some(it) = Iteration::current() {
            let (message, whole) = (error.to_string(), format!("{error:?}"));
            let marked = collector::Marked { message, whole, cause: error.cause() };
            let mut collected = it.collected();
            if !collected.marked.iter().any(|other| other.whole == marked.whole) {
                collected.marked.push(marked);
            }
        }
        error
    }

    fn cause(&self) -> collector::RunFailure {
        collector::RunFailure {
            kind: FailureKind::Infrastructure,
            message: redact::redact(&self.to_string()),
            transient: true,
            location: Some(self.location.to_string()),
        }
    }

    /// Where the error was made, or where `?` met it.
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// The error as the type it was made of, if it is that type.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.source.downcast_ref()
    }
}

impl<E: Into<Box<dyn StdError + Send + Sync>>> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        Error { source: error.into(), location: Location::caller(), is_infrastructure: false }
    }
}

/// The message and its causes, joined by `: `.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        let mut cause = self.source.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_infrastructure {
            collector::writes_marked(self.cause());
        }
        write!(f, "{self}\n  at {}", self.location)
    }
}

/// `.infrastructure()` on any `Result`.
pub trait ResultExt<T> {
    /// Marks the error as one of the infrastructure: when it ends the body, the iteration is errored, not failed. See
    /// [`Error::infrastructure`].
    ///
    /// # Errors
    /// The error of `self`, as [`Error`].
    fn infrastructure(self) -> Result<T>;
}

impl<T, E: Into<Box<dyn StdError + Send + Sync>>> ResultExt<T> for std::result::Result<T, E> {
    #[track_caller]
    fn infrastructure(self) -> Result<T> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(Error::infrastructure(error)),
        }
    }
}
