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
    /// N, as a body is told: an iteration that runs alone is told what it was told among the others.
    pub(crate) count: u32,
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

    /// These without the ones that are `done`.
    pub(crate) fn without(&self, done: impl Fn(u32) -> bool) -> Numbers {
        Numbers::Only(
            (0..self.count()).filter_map(|position| self.at(position)).filter(|number| !done(*number)).collect(),
        )
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
        // A run's gate pools the iterations of all tests, and a comparison with a baseline takes their number as given: a
        // test that ends where it likes would shift both.
        let stops = only.is_none() && !run_gate && !run.fail_on_regression;
        let confidence = confidence.filter(|_| only.is_none());
        let policy = Policy {
            min_pass_rate,
            own_threshold: only.is_some() || threshold.is_some(),
            max_errored: max_errored.unwrap_or(ErrorBudget::Count(0)),
            run_gate,
            confidence,
            stop: if stops { stop.rule(min_pass_rate, confidence)? } else { StopRule::Never },
        };
        let highest = only.as_ref().and_then(|numbers| numbers.last().copied()).unwrap_or(1);
        Ok(Plan {
            count: iterations.max(highest),
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Environment, File};
    use super::*;

    /// The plan of a test under these variables and this file.
    fn plan(variables: &[(&str, &str)], file: &str, arguments: &Arguments) -> Plan {
        let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment = Environment::from_iter(owned);
        let file = File::parse(Path::new("bank/aitest.toml"), file).unwrap();
        let lookup = || Lookup::new(&environment, &file);
        Plan::resolve(lookup(), &RunSettings::resolve(lookup()).unwrap(), arguments).unwrap()
    }

    fn origin<'p>(plan: &'p Plan, name: &str) -> &'p str {
        &plan.settings.iter().find(|setting| setting.name == name).unwrap().origin
    }

    #[test]
    fn the_environment_wins_over_the_attribute_and_that_over_the_file() {
        let file = "iterations = 2\ntimeout = \"2s\"\nmax_errored = 2";
        let said = Arguments {
            iterations: Some("3".into()),
            timeout: Some("3s"),
            max_errored: Some("3"),
            ..Arguments::default()
        };
        let set = [("AITEST_ITERATIONS", "4"), ("AITEST_TIMEOUT", "4s"), ("AITEST_MAX_ERRORED", "4")];
        let found = |plan: &Plan| (plan.numbers.count(), plan.timeout.unwrap().as_secs(), plan.policy.max_errored);
        for (count, plan, place) in [
            (2, plan(&[], file, &Arguments::default()), "bank/aitest.toml:1"),
            (3, plan(&[], file, &said), "#[aitest(iterations)]"),
            (4, plan(&set, file, &said), "AITEST_ITERATIONS"),
        ] {
            assert_eq!(found(&plan), (count, u64::from(count), ErrorBudget::Count(count)));
            assert_eq!(origin(&plan, "iterations"), place);
        }
        let plan = plan(&[], "", &Arguments { is_async: true, ..Arguments::default() });
        assert_eq!(found(&plan), (1, 300, ErrorBudget::Count(0)));
        assert_eq!(origin(&plan, "timeout"), "default");
    }

    #[test]
    fn a_test_s_own_concurrency_bounds_that_of_the_environment() {
        let own = |text: &str| Arguments { concurrency: Some(text.into()), ..Arguments::default() };
        assert_eq!(plan(&[("AITEST_CONCURRENCY", "8")], "", &own("1")).concurrency, 1);
        assert_eq!(plan(&[("AITEST_CONCURRENCY", "2")], "", &own("4")).concurrency, 2);
        assert_eq!(plan(&[("AITEST_CONCURRENCY", "8")], "", &Arguments::default()).concurrency, 8);
    }

    #[test]
    fn iterations_that_run_alone_are_told_how_many_the_test_has() {
        let ten = Arguments { iterations: Some("10".into()), min_pass_rate: Some("60"), ..Arguments::default() };
        let only = plan(&[("AITEST_ONLY", "7,3")], "", &ten);
        assert_eq!(
            (only.numbers.count(), only.numbers.at(0), only.numbers.at(1), only.count),
            (2, Some(3), Some(7), 10)
        );
        assert_eq!((only.policy.min_pass_rate, only.policy.own_threshold), (Percent::ALL, true));
        assert_eq!(plan(&[("AITEST_ONLY", "7")], "", &Arguments::default()).count, 7);
        assert_eq!(plan(&[], "", &ten).count, 10);
    }
}
