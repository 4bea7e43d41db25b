use std::time::Duration;

use super::stop::{StopText, stop};
use super::table::{CONCURRENCY, CONFIDENCE, ITERATIONS, MAX_ERRORED, ONLY, STOP, THRESHOLD, TIMEOUT};
use super::value::{budget, confidence, count, duration, numbers, percent};
use super::{ConfigError, Lookup, RunSettings};
use crate::record::{ErrorBudget, Percent, Policy, SettingRecord, StopRule};

/// How one test runs.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The numbers of the iterations, in order.
    pub(crate) numbers: Numbers,
    pub(crate) concurrency: u32,
    pub(crate) timeout: Option<Duration>,
    pub(crate) policy: Policy,
    pub(crate) settings: Vec<SettingRecord>,
}

/// Which iterations run.
#[derive(Clone, Debug)]
pub(crate) enum Numbers {
    /// 1 to N.
    UpTo(u32),
    /// Exactly these.
    Only(Vec<u32>),
}

impl Numbers {
    pub(crate) fn count(&self) -> u32 {
        match self {
            Numbers::UpTo(count) => *count,
            Numbers::Only(numbers) => u32::try_from(numbers.len()).unwrap_or(u32::MAX),
        }
    }

    /// The number at `position`, from 0.
    pub(crate) fn at(&self, position: u32) -> Option<u32> {
        match self {
            Numbers::UpTo(count) => (position < *count).then_some(position + 1),
            Numbers::Only(numbers) => numbers.get(position as usize).copied(),
        }
    }
}

/// The attribute's arguments that the configuration needs, as text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) iterations: Option<String>,
    pub(crate) concurrency: Option<String>,
    pub(crate) min_pass_rate: Option<&'static str>,
    pub(crate) max_errored: Option<&'static str>,
    pub(crate) confidence: Option<&'static str>,
    pub(crate) stop: Option<&'static str>,
    pub(crate) timeout: Option<&'static str>,
    pub(crate) is_async: bool,
}

const ASYNC_TIMEOUT: Duration = Duration::from_secs(5 * 60);

impl Plan {
    pub(crate) fn resolve(
        mut lookup: Lookup<'_>,
        run: &RunSettings,
        arguments: &Arguments,
    ) -> Result<Plan, ConfigError> {
        let iterations =
            lookup.get(ITERATIONS, arguments.iterations.as_deref(), |text| count(text, 1, 1_000_000))?.unwrap_or(1);
        let only = lookup.get(ONLY, None, numbers)?;
        let concurrency = concurrency(&mut lookup, arguments)?;
        let timeout = lookup.get(TIMEOUT, arguments.timeout, duration)?;
        let threshold = lookup.get(THRESHOLD, arguments.min_pass_rate, percent)?;
        let max_errored = lookup.get(MAX_ERRORED, arguments.max_errored, budget)?;
        let confidence = lookup.get(CONFIDENCE, arguments.confidence, confidence)?;
        let stop = lookup.get(STOP, arguments.stop, stop)?.unwrap_or(StopText::Never);
        // What `AITEST_ONLY` picks must pass: a threshold over a hand-picked few says nothing.
        let min_pass_rate = threshold.filter(|_| only.is_none()).unwrap_or(Percent::ALL);
        let run_gate = run.min_pass_rate.is_some();
        // A run's gate pools the iterations of all tests: a test that ends where it likes would shift it.
        let stops = only.is_none() && !run_gate;
        let policy = Policy {
            min_pass_rate,
            own_threshold: only.is_some() || threshold.is_some(),
            max_errored: max_errored.unwrap_or(ErrorBudget::Count(0)),
            run_gate,
            confidence: confidence.filter(|_| only.is_none()),
            stop: if stops { stop.rule(min_pass_rate)? } else { StopRule::Never },
        };
        Ok(Plan {
            numbers: only.map_or(Numbers::UpTo(iterations), Numbers::Only),
            concurrency,
            timeout: timeout.or(arguments.is_async.then_some(ASYNC_TIMEOUT)),
            policy,
            settings: lookup.found,
        })
    }
}

/// The attribute's value bounds the environment's: a test that cannot run beside itself says 1.
fn concurrency(lookup: &mut Lookup<'_>, arguments: &Arguments) -> Result<u32, ConfigError> {
    let parse = |text: &str| count(text, 1, 10_000);
    let value = lookup.get(CONCURRENCY, arguments.concurrency.as_deref(), parse)?.unwrap_or(1);
    let bound = arguments.concurrency.as_deref().and_then(|text| parse(text).ok());
    Ok(bound.map_or(value, |bound| value.min(bound)))
}
