use std::borrow::Cow;
use std::fmt;

use super::super::text::visible;

/// A text from outside aitest, safe to look at: nothing in it is invisible or turns the direction of text. Markup is
/// escaped where the text is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown<'r>(Cow<'r, str>);

impl Shown<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'r> From<&'r str> for Shown<'r> {
    fn from(text: &'r str) -> Self {
        Shown(visible(text))
    }
}

impl From<String> for Shown<'_> {
    fn from(text: String) -> Self {
        match visible(&text) {
            Cow::Owned(shown) => Shown(Cow::Owned(shown)),
            Cow::Borrowed(_) => Shown(Cow::Owned(text)),
        }
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
