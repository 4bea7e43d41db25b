use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(30);

/// When a server counts as started. Handshake and first `tools/list` are always part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    pub(crate) condition: Condition,
    pub(crate) timeout: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Ready,
    Tools(Vec<String>),
    Log(String),
}

impl Wait {
    /// The handshake is done and the tools are listed.
    pub fn ready() -> Self {
        Wait { condition: Condition::Ready, timeout: TIMEOUT }
    }

    /// All of `tools` are listed. For servers that add tools when they have found out what there is.
    pub fn for_tools<T: Into<String>>(tools: impl IntoIterator<Item = T>) -> Self {
        Wait { condition: Condition::Tools(tools.into_iter().map(Into::into).collect()), timeout: TIMEOUT }
    }

    /// A line of the server's standard error matches the regular expression `pattern`.
    pub fn for_log(pattern: impl Into<String>) -> Self {
        Wait { condition: Condition::Log(pattern.into()), timeout: TIMEOUT }
    }

    /// How long the whole start may take; 30 s by default.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }
}

impl Default for Wait {
    fn default() -> Self {
        Wait::ready()
    }
}
