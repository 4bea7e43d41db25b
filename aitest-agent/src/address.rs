use std::fmt;
use std::str::FromStr;

use aitest_runtime::host::{Iteration, IterationKey, TestId};

/// Who asks, as a segment of the URL: `TEST.RERUN.ITERATION.ATTEMPT.SEED`, test and seed as 16 hexadecimal digits;
/// outside a test `outside.SEED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    /// `None` outside a test.
    pub(crate) iteration: Option<IterationKey>,
    pub(crate) seed: u64,
}

impl Address {
    /// Of `iteration`, or with `seed` outside a test.
    pub(crate) fn of(iteration: Option<&Iteration>, seed: u64) -> Self {
        Address { iteration: iteration.map(Iteration::key), seed: iteration.map_or(seed, Iteration::seed) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.iteration {
            Some(key) => write!(f, "{}.{}.{}.{}", key.test, key.rerun, key.iteration, key.attempt)?,
            None => f.write_str("outside")?,
        }
        write!(f, ".{:016x}", self.seed)
    }
}

impl FromStr for Address {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (who, seed) = text.rsplit_once('.').ok_or(())?;
        let seed = u64::from_str_radix(seed, 16).map_err(drop)?;
        let iteration = if who == "outside" { None } else { Some(key(who).ok_or(())?) };
        Ok(Address { iteration, seed })
    }
}

fn key(text: &str) -> Option<IterationKey> {
    let mut parts = text.split('.');
    let test = TestId(u64::from_str_radix(parts.next()?, 16).ok()?);
    let mut number = || parts.next()?.parse::<u32>().ok();
    let key = IterationKey { test, rerun: number()?, iteration: number()?, attempt: number()? };
    parts.next().is_none().then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        let key = IterationKey { test: TestId(0xabc), rerun: 1, iteration: 7, attempt: 2 };
        for iteration in [None, Some(key)] {
            let address = Address { iteration, seed: u64::MAX - 1 };
            assert_eq!(address.to_string().parse(), Ok(address));
        }
        assert_eq!(Address { iteration: Some(key), seed: 1 }.to_string(), "0000000000000abc.1.7.2.0000000000000001");
    }

    #[test]
    fn other_text_is_no_address() {
        for text in ["", "outside", "outside.x", "1.1.1.2", "1.1.1.1.1.2", "x.1.1.1.2"] {
            assert_eq!(text.parse::<Address>(), Err(()), "{text}");
        }
    }
}
