use super::anchor::needs_a_look;
use super::results::{Run, Test};
use super::status::Status;

/// Iterations that the command names.
const MOST_NUMBERS: usize = 3;

/// ` --test transfers`. Nothing for a crate whose file may be written with a dash.
fn target_option(target: &str) -> String {
    match target.split_once('/') {
        Some(("bin", name)) => format!(" --bin {name}"),
        Some((kind, name)) if !name.contains('_') => format!(" --{kind} {name}"),
        Some(_) => String::new(),
        None => " --lib".to_owned(),
    }
}

/// The command that repeats the first iterations of `test` that did not pass, with the same seed.
///
/// None for a test that passed, and for an errored one: what kept it from being graded is to be mended first.
pub(super) fn rerun(run: &Run<'_>, test: &Test<'_>) -> Option<String> {
    if matches!(Status::of(test), Status::Pass | Status::Errored) {
        return None;
    }
    let iterations = test.iterations.iter().filter(|iteration| needs_a_look(iteration.outcome()));
    let mut numbers: Vec<_> = iterations.map(|iteration| iteration.n).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let more = match numbers.len() {
        all if all > MOST_NUMBERS => format!("  # {MOST_NUMBERS} of {all}"),
        _ => String::new(),
    };
    let numbers: Vec<_> = numbers.iter().take(MOST_NUMBERS).map(u32::to_string).collect();
    let only = if numbers.is_empty() { String::new() } else { format!(" AITEST_ONLY={}", numbers.join(",")) };
    let name = test.selected_name();
    let process = run.processes.iter().find(|process| process.process == test.process);
    let command = match process {
        Some(process) if process.runner == "nextest" => {
            format!("cargo nextest run -p {} -E 'test(={name})'", test.package)
        }
        _ => format!("cargo test -p {}{} -- --exact {name}", test.package, target_option(&test.target)),
    };
    Some(format!("AITEST_SEED={}{only} {command}{more}", run.seed?))
}
