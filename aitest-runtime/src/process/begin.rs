use std::sync::Arc;

use super::cassettes;
use super::log::LOG;
use super::parts::parts;
use super::spec::TestSpec;
use super::start::{Process, crate_name, target};
use super::test::Begun;
use crate::collector::{lock, warn};
use crate::config::{Arguments, ConfigError, Lookup, Plan};
use crate::hash::first_64_bits;
use crate::iteration::{TestRun, TestStart, watch};
use crate::journal::{self, TestStarted};
use crate::limits;
use crate::record::{CassetteMode, TestId, TestIdentity};

/// Begins a test: its plan, its id, its line in the journal. `None` for one that has begun in this process before.
///
/// # Errors
/// A setting that cannot be read.
pub(crate) fn begin(spec: &'static TestSpec, is_async: bool) -> Result<Option<Begun>, ConfigError> {
    let process = Process::get(spec)?;
    let plan = plan(spec, process, is_async)?;
    let identity = identity(spec);
    let id = id(&identity);
    if !is_first(process, id, &identity) {
        return Ok(None);
    }
    let started = TestStarted {
        id,
        identity,
        rerun: process.rerun,
        file: spec.file.to_owned(),
        line: spec.line,
        source: (!spec.source.is_empty()).then(|| spec.source.to_owned()),
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
        budget: limits::budget(),
        cassettes: cassettes::place(spec, &process.package, &process.workspace),
        end_cassette: parts().end_cassette.filter(|_| process.settings.cassettes != CassetteMode::Off),
        log: &LOG,
    });
    watch(&run, process.progress());
    Ok(Some(Begun { process, started, run: Arc::clone(&run) }))
}

/// Notes that the test begins; a warning when it has begun before.
fn is_first(process: &Process, id: TestId, identity: &TestIdentity) -> bool {
    let mut tests = lock(&process.tests);
    let is_first = !tests.begun.contains(&id);
    if is_first {
        tests.begun.push(id);
    } else {
        let message = "is registered twice and ran once: `#[test]` above `#[aitest]` is one too many, remove it";
        warn("registered_twice", &format!("{} {message}", identity.path));
    }
    is_first
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
    Plan::resolve(Lookup::new(&process.environment, &process.file), &process.settings, &arguments)
}

fn identity(spec: &TestSpec) -> TestIdentity {
    let module = spec.module_path.strip_prefix(crate_name(spec)).unwrap_or_default().trim_start_matches("::");
    let path = if module.is_empty() { spec.name.to_owned() } else { format!("{module}::{}", spec.name) };
    TestIdentity { package: spec.package.to_owned(), target: target(spec), path, case: spec.case.map(str::to_owned) }
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
