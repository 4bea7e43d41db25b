use std::fmt;

use serde::{Deserialize, Serialize};

/// What happens to exchanges with models and recorded tool servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CassetteMode {
    /// They are live, and nothing is kept.
    #[default]
    Off,
    /// They are live and kept.
    Record,
    /// They are served from what was kept; nobody is asked.
    Replay,
    /// What was kept is served, what is missing is asked for and kept.
    Auto,
}

/// What cassettes did in a run that has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CassetteUse {
    /// The mode.
    pub mode: CassetteMode,
    /// Exchanges that were served from cassettes.
    pub replayed: u64,
    /// Exchanges that were live and kept.
    pub recorded: u64,
    /// Requests that no cassette has an answer to: their iterations are errored.
    pub missed: u64,
    /// Recorded exchanges that nobody asked for, of iterations that ran.
    pub unused: u64,
}

impl CassetteUse {
    /// Adds what another process did.
    pub(crate) fn add(&mut self, other: &CassetteUse) {
        self.replayed = self.replayed.saturating_add(other.replayed);
        self.recorded = self.recorded.saturating_add(other.recorded);
        self.missed = self.missed.saturating_add(other.missed);
        self.unused = self.unused.saturating_add(other.unused);
    }
}

impl fmt::Display for CassetteMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CassetteMode::Off => "off",
            CassetteMode::Record => "record",
            CassetteMode::Replay => "replay",
            CassetteMode::Auto => "auto",
        })
    }
}

/// `replay: 12 exchanges replayed, 2 without a recording, 1 not asked for`
impl fmt::Display for CassetteUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.replayed, "replayed"),
            (self.recorded, "recorded"),
            (self.missed, "without a recording"),
            (self.unused, "not asked for"),
        ];
        let mut counts = counts.into_iter().filter(|(count, _)| *count > 0);
        write!(f, "{}: ", self.mode)?;
        match counts.next() {
            None => return f.write_str("no exchanges"),
            Some((1, what)) => write!(f, "1 exchange {what}")?,
            Some((count, what)) => write!(f, "{count} exchanges {what}")?,
        }
        counts.try_for_each(|(count, what)| write!(f, ", {count} {what}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_cassettes_did() {
        let mut used = CassetteUse { mode: CassetteMode::Replay, replayed: 12, ..CassetteUse::default() };
        assert_eq!(used.to_string(), "replay: 12 exchanges replayed");
        used.add(&CassetteUse { missed: 2, unused: 1, ..CassetteUse::default() });
        assert_eq!(used.to_string(), "replay: 12 exchanges replayed, 2 without a recording, 1 not asked for");
        used = CassetteUse { mode: CassetteMode::Record, recorded: 1, ..CassetteUse::default() };
        assert_eq!(used.to_string(), "record: 1 exchange recorded");
        used = CassetteUse { mode: CassetteMode::Auto, ..CassetteUse::default() };
        assert_eq!(used.to_string(), "auto: no exchanges");
    }
}
