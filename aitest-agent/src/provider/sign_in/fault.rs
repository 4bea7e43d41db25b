use std::error::Error as StdError;

/// Why one way to sign in gave no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: String,
    /// Whether another try may go better.
    pub(crate) transient: bool,
}

impl Fault {
    pub(crate) fn lasting(message: impl Into<String>) -> Self {
        Fault { message: message.into(), transient: false }
    }

    pub(crate) fn transient(message: impl Into<String>) -> Self {
        Fault { message: message.into(), transient: true }
    }

    pub(crate) fn not_set(variables: &str) -> Self {
        Fault::lasting(format!("{variables} is not set"))
    }
}

/// The innermost cause: `Connection refused (os error 111)`.
pub(crate) fn root(error: &dyn StdError) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// The first `characters` of `text`, in one line.
pub(crate) fn brief(text: &str, characters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
