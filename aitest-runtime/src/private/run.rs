use std::future::Future;
use std::panic::resume_unwind;
use std::sync::Mutex;

use tokio::runtime::{Builder, Runtime};

use crate::collector::Iteration;
use crate::config::ConfigError;
use crate::iteration::{BodyResult, drive_async, drive_sync};
use crate::process::{self, Begun, RuntimeFlavor, TestSpec};

/// Runs a test whose body is async, on a runtime of its own.
pub fn run_async<F, R>(spec: &'static TestSpec, body: F)
where
    F: Fn(Iteration) -> R,
    R: Future<Output: BodyResult>,
{
    let Some(begun) = begin(spec, true, None) else { return };
    let runtime = runtime(spec.options.runtime);
    runtime.block_on(drive_async(begun.run(), body));
    // A blocking task that a body left behind must not hold the test up.
    runtime.shutdown_background();
    conclude(begun);
}

/// Runs a test whose body is async, inside the runtime that another attribute made.
pub async fn run_within<F, R>(spec: &'static TestSpec, body: F)
where
    F: Fn(Iteration) -> R,
    R: Future<Output: BodyResult>,
{
    let Some(begun) = begin(spec, true, None) else { return };
    drive_async(begun.run(), body).await;
    conclude(begun);
}

/// Runs a test whose body is not async.
pub fn run_sync<F, R>(spec: &'static TestSpec, body: F)
where
    F: Fn(Iteration) -> R + Clone + Send + 'static,
    R: BodyResult,
{
    let Some(begun) = begin(spec, false, None) else { return };
    drive_sync(begun.run(), body);
    conclude(begun);
}

fn begin(spec: &'static TestSpec, is_async: bool, case: Option<&str>) -> Option<Begun> {
    process::begin(spec, is_async, case).unwrap_or_else(|error| fail(&configuration(&error)))
}

/// Begins the case `name` of a test that names its cases when it runs.
pub(super) fn begin_case(spec: &'static TestSpec, is_async: bool, name: &str) -> Option<Begun> {
    begin(spec, is_async, Some(name))
}

/// The verdicts of a test's cases: all are judged before one fails the test.
#[derive(Default)]
pub(super) struct Conclusion {
    failures: Vec<String>,
}

impl Conclusion {
    pub(super) fn add(&mut self, begun: Begun) {
        self.failures.extend(begun.conclude().err());
    }

    pub(super) fn end(self) {
        if !self.failures.is_empty() {
            fail(&self.failures.join("\n\n"));
        }
    }
}

/// A bad setting fails every test, and is explained in full once.
fn configuration(error: &ConfigError) -> String {
    static EXPLAINED: Mutex<Vec<ConfigError>> = Mutex::new(Vec::new());
    let mut explained = EXPLAINED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if explained.contains(error) {
        return format!("aitest configuration: {}: see the message of an earlier test", error.origin);
    }
    explained.push(error.clone());
    format!("{error}; no iteration was run")
}

fn conclude(begun: Begun) {
    if let Err(message) = begun.conclude() {
        fail(&message);
    }
}

/// Prints the message where libtest collects it and unwinds without a second message of the panic hook.
pub(super) fn fail(message: &str) -> ! {
    println!("{message}");
    resume_unwind(Box::new(message.to_owned()))
}

pub(super) fn runtime(flavor: RuntimeFlavor) -> Runtime {
    let mut builder = match flavor {
        RuntimeFlavor::CurrentThread => Builder::new_current_thread(),
        RuntimeFlavor::MultiThread => Builder::new_multi_thread(),
    };
    match builder.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => fail(&format!("aitest: the tokio runtime of this test could not be built: {error}")),
    }
}
