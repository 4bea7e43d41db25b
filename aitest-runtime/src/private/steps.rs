use crate::collector::Iteration;
use crate::iteration::{BodyFailure, BodyResult};

use super::CaseBody;

/// The steps of one iteration of a session.
#[derive(Debug)]
pub struct Steps<'a>(&'a Iteration);

/// How the steps of one iteration ended: the failure that the last one returned, if it did.
#[derive(Debug)]
pub struct StepsEnd(Option<BodyFailure>);

impl<'a> Steps<'a> {
    /// None of the steps `names` was reached yet.
    pub fn begin(it: &'a Iteration, names: &[&str]) -> Self {
        it.plan_steps(names);
        Steps(it)
    }

    /// Begins the next step. One that panics or is too slow stays under way, and so ends the iteration.
    pub fn step(&mut self) {
        self.0.begin_step();
    }

    /// What the iteration comes to, when the step that returned this was its last.
    pub fn ended(&mut self, returned: Option<BodyFailure>) -> Option<CaseBody<StepsEnd>> {
        if returned.is_none() && self.0.pass_step() {
            return None;
        }
        Some(CaseBody::Ran(StepsEnd(returned)))
    }

    /// What the iteration comes to when all steps have passed.
    pub fn passed(self) -> CaseBody<StepsEnd> {
        CaseBody::Ran(StepsEnd(None))
    }
}

impl BodyResult for StepsEnd {
    fn into_failure(self) -> Option<BodyFailure> {
        self.0
    }
}

/// The test that stands for a step, which runs in its session alone. `module` is the test's own.
///
/// # Panics
/// When the step was asked for, and its session was not.
pub fn step_alone(module: &str, step: &str) {
    let path = module.split_once("::").map_or(module, |(_, path)| path);
    let session = path.strip_suffix(step).unwrap_or(path).to_owned() + "session";
    let name = format!("{path}::step");
    // Under nextest every test is asked for by its name.
    if std::env::var_os("NEXTEST").is_none() && is_asked_alone(&name, &session, std::env::args().skip(1)) {
        super::run::fail(&format!(
            "`{step}` is a step of `{session}`, and the steps before it are part of it: run `cargo test {session}`"
        ));
    }
}

/// Whether a filter of libtest's selects `step` and none selects `session`.
fn is_asked_alone(step: &str, session: &str, arguments: impl Iterator<Item = String>) -> bool {
    let filters: Vec<String> = arguments.filter(|argument| !argument.starts_with('-')).collect();
    let selects = |name: &str| filters.iter().any(|filter| name.contains(filter.as_str()));
    selects(step) && !selects(session)
}

#[cfg(test)]
mod tests {
    use super::is_asked_alone;

    #[test]
    fn a_step_is_asked_for_alone_by_its_name() {
        let asked = |arguments: &[&str]| {
            is_asked_alone("savings::transfers::step", "savings::session", arguments.iter().map(|&text| text.into()))
        };
        assert!(asked(&["savings::transfers", "--include-ignored"]));
        assert!(asked(&["--exact", "savings::transfers::step", "--ignored"]));
        assert!(!asked(&["savings", "--include-ignored"]));
        assert!(!asked(&["--include-ignored"]));
        assert!(!asked(&["transfers", "savings::session"]));
    }
}
