use serde::{Deserialize, Serialize};

/// A word of a closed list, or one that a newer version of aitest has added to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Word<T> {
    /// A word of the list.
    Known(T),
    /// Another word, kept as it was written.
    Other(String),
}

impl<T: Copy> Word<T> {
    /// The value, if this version knows the word.
    pub fn known(&self) -> Option<T> {
        match self {
            Word::Known(value) => Some(*value),
            Word::Other(_) => None,
        }
    }
}

impl<T> From<T> for Word<T> {
    fn from(value: T) -> Self {
        Word::Known(value)
    }
}
