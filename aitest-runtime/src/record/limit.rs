use std::fmt;

use serde::{Deserialize, Serialize};

use super::Cost;

/// What limits did to the requests to one model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// `provider/model`
    pub name: String,
    /// Requests that were allowed in flight in a process at first.
    #[serde(default)]
    pub in_flight: u32,
    /// The fewest that were allowed.
    #[serde(default)]
    pub lowest_in_flight: u32,
    /// Answers with status 429.
    #[serde(default)]
    pub rate_limited: u64,
    /// Time that iterations waited in limits and in pauses after a 429, summed over them.
    #[serde(default)]
    pub waited_ms: u64,
}

impl HeldBack {
    /// Whether limits did anything.
    pub fn is_notable(&self) -> bool {
        self.rate_limited > 0 || self.waited_ms > 0 || self.lowest_in_flight < self.in_flight
    }

    /// Adds what another process saw of the same model.
    pub(crate) fn add(&mut self, other: &HeldBack) {
        self.in_flight = self.in_flight.max(other.in_flight);
        self.lowest_in_flight = self.lowest_in_flight.min(other.lowest_in_flight);
        self.rate_limited = self.rate_limited.saturating_add(other.rate_limited);
        self.waited_ms = self.waited_ms.saturating_add(other.waited_ms);
    }
}

/// `openai/gpt-5-mini: 16 → 4 in flight, 429 × 3, waited 14 s`
impl fmt::Display for HeldBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.in_flight)?;
        if self.lowest_in_flight < self.in_flight {
            write!(f, " → {}", self.lowest_in_flight)?;
        }
        f.write_str(" in flight")?;
        if self.rate_limited > 0 {
            write!(f, ", 429 × {}", self.rate_limited)?;
        }
        match self.waited_ms {
            0 => Ok(()),
            ms @ 1..1_000 => write!(f, ", waited {ms} ms"),
            ms @ 1_000..120_000 => write!(f, ", waited {} s", ms / 1_000),
            ms => write!(f, ", waited {} min", ms / 60_000),
        }
    }
}

/// The run's budget and what was spent of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetUse {
    /// What all processes may spend.
    pub max: Cost,
    /// What they have spent.
    pub spent: Cost,
}

/// `$2.6100 of $2.5000, $0.1100 more than it allows: what was in flight at its end`
impl fmt::Display for BudgetUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.spent, self.max)?;
        match self.spent.pico_usd().checked_sub(self.max.pico_usd()) {
            None | Some(0) => Ok(()),
            Some(over) => {
                write!(f, ", {} more than it allows: what was in flight at its end", Cost::from_pico_usd(over))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(in_flight: u32, lowest_in_flight: u32, rate_limited: u64, waited_ms: u64) -> HeldBack {
        HeldBack { name: "openai/m".to_owned(), in_flight, lowest_in_flight, rate_limited, waited_ms }
    }

    #[test]
    fn it_says_what_limits_did() {
        assert_eq!(held(16, 4, 3, 14_200).to_string(), "openai/m: 16 → 4 in flight, 429 × 3, waited 14 s");
        assert_eq!(held(16, 16, 0, 900).to_string(), "openai/m: 16 in flight, waited 900 ms");
        assert_eq!(held(1, 1, 2, 180_000).to_string(), "openai/m: 1 in flight, 429 × 2, waited 3 min");
        assert!(!held(16, 16, 0, 0).is_notable());
    }

    #[test]
    fn processes_add_up() {
        let mut sum = held(16, 4, 3, 10);
        sum.add(&held(16, 8, 1, 5));
        assert_eq!(sum, held(16, 4, 4, 15));
    }

    #[test]
    fn an_overshoot_is_shown() {
        let use_of = |spent| BudgetUse { max: Cost::from_usd(2.5).unwrap(), spent: Cost::from_usd(spent).unwrap() };
        assert_eq!(use_of(2.0).to_string(), "$2.0000 of $2.5000");
        assert_eq!(
            use_of(2.61).to_string(),
            "$2.6100 of $2.5000, $0.1100 more than it allows: what was in flight at its end"
        );
    }
}
