use super::{BASELINE_SCHEMA, Baseline, BaselineTest, Numbers};
use crate::report::results::{Iteration, Results, Test};
use crate::stats::Distribution;

impl Baseline {
    /// What later runs need of `results`: its finished tests with a graded iteration. A partial run gives none.
    pub fn of(results: &Results<'_>) -> Self {
        Baseline {
            schema: BASELINE_SCHEMA.to_owned(),
            run: Some(results.run.id.to_string()),
            started_at: results.run.started_at.clone(),
            git: results.run.git.as_deref().cloned(),
            setups: super::suspects::setups(results),
            tests: results.tests.iter().filter(|test| !is_partial(test)).filter_map(BaselineTest::of).collect(),
        }
    }
}

/// Whether `AITEST_ONLY` picked the test's iterations.
pub(super) fn is_partial(test: &Test<'_>) -> bool {
    test.settings.iter().any(|setting| setting.name == "only")
}

impl BaselineTest {
    /// `None` of a test that did not finish, or of which nothing was graded.
    pub(super) fn of(test: &Test<'_>) -> Option<Self> {
        let counts = &test.stats.counts;
        if test.verdict.is_none() || counts.n == 0 {
            return None;
        }
        let graded = || test.iterations.iter().filter(|iteration| iteration.outcome().is_graded());
        Some(BaselineTest {
            id: test.id,
            package: test.package.to_string(),
            target: test.target.to_string(),
            path: test.path.to_string(),
            case: test.case.as_deref().map(str::to_owned),
            title: test.title.as_deref().map(str::to_owned),
            source: test.source.as_deref().map(str::to_owned),
            setups: test.setups.iter().map(ToString::to_string).collect(),
            served_models: test.served_models.iter().map(ToString::to_string).collect(),
            run: None,
            passed: counts.passed,
            n: counts.n,
            cost_pico_usd: graded().map(cost).collect::<Option<Vec<u64>>>().and_then(Numbers::of),
            working_ms: Numbers::of(graded().map(working_ms).collect()),
        })
    }
}

fn cost(iteration: &Iteration<'_>) -> Option<u64> {
    let total = iteration.spend.total();
    total.cost_pico_usd.filter(|_| total.unpriced == 0)
}

fn working_ms(iteration: &Iteration<'_>) -> u64 {
    iteration.duration_ms.saturating_sub(iteration.waited_ms)
}

impl Numbers {
    fn of(mut values: Vec<u64>) -> Option<Self> {
        let distribution = Distribution::of(&mut values).ok()?;
        Some(Numbers {
            // As many digits as survive a file.
            mean: (distribution.mean * 1000.0).round() / 1000.0,
            p50: distribution.median,
            p50_ci: distribution.median_interval.map(|(low, high)| [low, high]),
        })
    }
}
