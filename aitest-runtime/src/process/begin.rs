use std::sync::Arc;

use super::cassettes;
use super::log::LOG;
use super::parts::parts;
use super::resume::Asks;
use super::spec::TestSpec;
use super::start::{Process, crate_name, target};
use super::test::Begun;
use crate::collector::{lock, warn};
use crate::config::{Arguments, ConfigError, Lookup, Plan};
use crate::hash::first_64_bits;
use crate::iteration::{Kept, TestRun, TestStart, now_ms, watch};
use crate::journal::{self, TestStarted};
use crate::limits;
use crate::record::{CassetteMode, Date, KnownFlaky, Rules, TestId, TestIdentity};
use crate::redact::redact;

/// Begins a test: its plan, its id, its line in the journal. `None` for one that has begun in this process before.
///
/// `case` is one that is known when the test runs.
///
/// # Errors
/// A setting that cannot be read.
pub(crate) fn begin(spec: &'static TestSpec, is_async: bool, case: Option<&str>) -> Result<Option<Begun>, ConfigError> {
    let process = Process::get(spec)?;
    let mut plan = plan(spec, process, is_async)?;
    let started = started(spec, case, process, &plan);
    if !is_first(process, started.id, &started.identity) {
        return Ok(None);
    }
    LOG.append(journal::TEST_STARTED, &started);
    let case = started.identity.case.as_deref();
    let name = started.identity.name();
    announce(&started, &name);
    let kept = keep(process, &started, &name, &mut plan);
    let run = TestRun::new(TestStart {
        id: started.id,
        name,
        rerun: process.rerun,
        plan,
        planned: started.planned,
        should_panic: spec.should_panic,
        run_seed: process.seed,
        max_wait: process.settings.max_wait,
        retry_errored: process.settings.retry_errored,
        transcripts: process.settings.transcripts,
        has_gates: !started.rules.gates.is_empty(),
        budget: limits::budget(),
        deadline: limits::deadline(),
        cassettes: cassettes::place(spec, case, &process.package, &process.workspace),
        end_cassette: parts().end_cassette.filter(|_| process.settings.cassettes != CassetteMode::Off),
        log: &LOG,
    });
    run.keep(kept);
    watch(&run, process.progress());
    Ok(Some(Begun { process, started, run: Arc::clone(&run) }))
}

fn started(spec: &TestSpec, case: Option<&str>, process: &Process, plan: &Plan) -> TestStarted {
    let identity = identity(spec, case);
    TestStarted {
        id: id(&identity),
        identity,
        rerun: process.rerun,
        file: spec.file.to_owned(),
        line: spec.line,
        source: (!spec.source.is_empty()).then(|| spec.source.to_owned()),
        fingerprint: Some(fingerprint(spec, plan)),
        title: title(spec),
        planned: plan.numbers.count(),
        policy: plan.policy,
        rules: rules(spec, process),
        settings: plan.settings.clone(),
    }
}

/// Warns of a test that will block again soon.
fn announce(started: &TestStarted, name: &str) {
    let known = started.rules.known_flaky.as_ref();
    if let Some(message) = known.and_then(|known| ends_soon(name, known, Date::of_ms(now_ms()))) {
        warn("known_flaky_ends", &message);
    }
}

/// What the run that is resumed has finished, written down for this one and left out of the plan. A rerun is about the
/// whole test: it keeps nothing.
fn keep(process: &Process, started: &TestStarted, name: &str, plan: &mut Plan) -> Kept {
    let Some(resumed) = process.resumed.as_ref().filter(|_| process.rerun == 1) else { return Kept::default() };
    let asks = Asks {
        id: started.id,
        identity: &started.identity,
        name,
        fingerprint: started.fingerprint.as_deref().unwrap_or_default(),
        numbers: &plan.numbers,
        seed: process.seed,
    };
    let kept = resumed.keep(&asks, &process.run_dir);
    for record in kept.earlier.iter().chain(&kept.counted) {
        LOG.append(journal::ITERATION_FINISHED, record);
    }
    let is_kept = |number: u32| kept.counted.binary_search_by_key(&number, |record| record.key.iteration).is_ok();
    plan.numbers = plan.numbers.without(is_kept);
    kept
}

/// What the outcomes of iterations rest on, as far as it is known before they run.
fn fingerprint(spec: &TestSpec, plan: &Plan) -> String {
    let [should_panic, timeout] = [format!("{:?}", spec.should_panic), format!("{:?}", plan.timeout)];
    format!("{:016x}", first_64_bits(&[spec.source, &should_panic, &timeout]))
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
        confidence: options.confidence,
        stop: options.stop,
        timeout: options.timeout,
        is_async,
    };
    Plan::resolve(Lookup::new(&process.environment, &process.file), &process.settings, &arguments)
}

/// None of them for iterations that `AITEST_ONLY` picks: they must pass, no more and no less.
fn rules(spec: &TestSpec, process: &Process) -> Rules {
    if process.settings.partial {
        return Rules::default();
    }
    let known_flaky = spec.options.flaky.and_then(|(reason, until)| {
        let until = until?;
        Some(KnownFlaky { reason: reason.to_owned(), until })
    });
    Rules { gates: spec.options.gates.to_vec(), known_flaky }
}

/// Days before the end of an exception from which a run says that it ends.
const NOTICE: i64 = 14;

/// Why the exception of a test that is known to be flaky needs a look soon.
fn ends_soon(name: &str, known: &KnownFlaky, today: Date) -> Option<String> {
    let left = known.until.days_after(today);
    let when = match left {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        2..=NOTICE => format!("in {left} days"),
        _ => return None,
    };
    Some(format!("{name} is known to be flaky until {}, which is {when}: it blocks after that", known.until))
}

fn identity(spec: &TestSpec, case: Option<&str>) -> TestIdentity {
    let module = spec.module_path.strip_prefix(crate_name(spec)).unwrap_or_default().trim_start_matches("::");
    let path = if module.is_empty() { spec.name.to_owned() } else { format!("{module}::{}", spec.name) };
    TestIdentity {
        package: spec.package.to_owned(),
        target: target(spec),
        path,
        case: case.map(redact).or_else(|| spec.case.map(str::to_owned)),
        named_when_run: case.is_some(),
    }
}

fn id(identity: &TestIdentity) -> TestId {
    let case = identity.case.as_deref().unwrap_or_default();
    TestId(first_64_bits(&[&identity.package, &identity.target, &identity.path, case]))
}

/// `title = "…"`, else the first line of the doc comment.
fn title(spec: &TestSpec) -> Option<String> {
    let first = spec.docs.lines().map(str::trim).find(|line| !line.is_empty());
    spec.options.title.or(first).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_is_announced_two_weeks_before_its_end() {
        let known = KnownFlaky { reason: "#12".to_owned(), until: "2026-12-31".parse().unwrap() };
        let said = |today: &str| ends_soon("transfer", &known, today.parse().unwrap());
        assert_eq!(said("2026-12-16"), None);
        assert_eq!(
            said("2026-12-17").unwrap(),
            "transfer is known to be flaky until 2026-12-31, which is in 14 days: it blocks after that"
        );
        assert!(said("2026-12-30").unwrap().contains("which is tomorrow"));
        assert!(said("2026-12-31").unwrap().contains("which is today"));
        assert_eq!(said("2027-01-01"), None, "the verdict says it then");
    }
}
