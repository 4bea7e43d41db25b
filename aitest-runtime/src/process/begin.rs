use std::sync::Arc;

use super::folder::Places;
use super::log::LOG;
use super::spec::TestSpec;
use super::start::{Process, target};
use super::test::Begun;
use crate::collector::{lock, warn};
use crate::config::{Arguments, ConfigError, Environment, File, Lookup, Plan};
use crate::hash::first_64_bits;
use crate::iteration::{TestRun, TestStart, watch};
use crate::journal::{self, TestStarted};
use crate::record::{TestId, TestIdentity};

/// Begins a test: its plan, its id, its line in the journal. `None` for one that has begun in this process before.
///
/// # Errors
/// A setting that cannot be read.
pub(crate) fn begin(spec: &'static TestSpec, is_async: bool) -> Result<Option<Begun>, ConfigError> {
    let process = Process::get(spec)?;
    let plan = plan(spec, process, is_async)?;
    let identity = identity(spec);
    let id = id(&identity);
    {
        let mut tests = lock(&process.tests);
        if tests.begun.contains(&id) {
            warn(
                "registered_twice",
                &format!(
                    "{} is registered twice and ran once: `#[test]` above `#[aitest]` is one too many, remove it",
                    identity.path
                ),
            );
            return Ok(None);
        }
        tests.begun.push(id);
    }
    let started = TestStarted {
        id,
        identity,
        rerun: process.rerun,
        file: spec.file.to_owned(),
        line: spec.line,
        title: title(spec),
        planned: plan.numbers.count(),
        policy: plan.policy,
        settings: plan.settings.clone(),
    };
    LOG.append(journal::TEST_STARTED, &started);
    let run = TestRun::new(TestStart {
        id,
        name: name(&started.identity),
        rerun: process.rerun,
        plan,
        should_panic: spec.should_panic,
        run_seed: process.seed,
        max_wait: process.settings.max_wait,
        retry_errored: process.settings.retry_errored,
        transcripts: process.settings.transcripts,
        log: &LOG,
    });
    watch(&run, process.progress());
    Ok(Some(Begun { process, started, run: Arc::clone(&run) }))
}

fn plan(spec: &TestSpec, process: &Process, is_async: bool) -> Result<Plan, ConfigError> {
    let options = &spec.options;
    let arguments = Arguments {
        iterations: options.iterations.map(|count| count.to_string()),
        concurrency: options.concurrency.map(|count| count.to_string()),
        min_pass_rate: options.min_pass_rate,
        max_errored: options.max_errored,
        timeout: options.timeout,
        is_async,
    };
    let environment = Environment::of_process();
    let file = File::nearest(&Places::of_package(spec.manifest_dir).package)?;
    Plan::resolve(Lookup::new(&environment, &file), &process.settings, &arguments)
}

fn identity(spec: &TestSpec) -> TestIdentity {
    let target = target(spec);
    let module = spec.module_path.strip_prefix(target).unwrap_or_default().trim_start_matches("::");
    let path = if module.is_empty() { spec.name.to_owned() } else { format!("{module}::{}", spec.name) };
    TestIdentity {
        package: spec.package.to_owned(),
        target: target.to_owned(),
        path,
        case: spec.case.map(str::to_owned),
    }
}

fn id(identity: &TestIdentity) -> TestId {
    let case = identity.case.as_deref().unwrap_or_default();
    TestId(first_64_bits(&[&identity.package, &identity.target, &identity.path, case]))
}

/// As libtest prints it.
pub(super) fn name(identity: &TestIdentity) -> String {
    match &identity.case {
        Some(case) => format!("{}::{case}", identity.path),
        None => identity.path.clone(),
    }
}

/// `title = "…"`, else the first line of the doc comment.
fn title(spec: &TestSpec) -> Option<String> {
    let first = spec.docs.lines().map(str::trim).find(|line| !line.is_empty());
    spec.options.title.or(first).map(str::to_owned)
}
