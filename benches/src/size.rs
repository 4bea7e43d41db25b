//! What aitest adds to a build: crates, and the time of a cold one.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::subjects::workspace;

const FEATURES: [(&str, &[&str]); 4] = [
    ("none", &["--no-default-features"]),
    ("html", &["--no-default-features", "--features", "html"]),
    ("html, tap", &["--no-default-features", "--features", "html,tap"]),
    ("default", &[]),
];

/// The table in Markdown. Crates are those of normal dependencies, aitest's own included.
pub(crate) fn measure() -> Result<String, String> {
    let mut text =
        "| Features | Crates | Cold dev build | Cold release build |\n| --- | --- | --- | --- |\n".to_owned();
    for (name, features) in FEATURES {
        let (dev, release) = (build(features, "dev")?, build(features, "release")?);
        text.push_str(&format!("| {name} | {} | {dev} | {release} |\n", crates(features)?));
    }
    Ok(text)
}

fn crates(features: &[&str]) -> Result<usize, String> {
    let output = Command::new("cargo")
        .args(["tree", "-p", "aitest", "-e", "normal", "--prefix", "none", "--no-dedupe", "--format", "{p}"])
        .args(features)
        .current_dir(workspace())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo tree: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree ended with {}", output.status));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let crates: BTreeSet<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    Ok(crates.len())
}

/// Wall time of a build from nothing, and the CPU time of cargo and its compilers, which other work on the machine
/// disturbs less. What is not downloaded yet is fetched first.
fn build(features: &[&str], profile: &str) -> Result<String, String> {
    let folder = std::env::temp_dir().join(format!("aitest-size-{}", std::process::id()));
    let mut command = Command::new("cargo");
    command.args(["build", "-p", "aitest", "--profile", profile, "--quiet", "--target-dir"]).arg(&folder);
    run(Command::new("cargo").args(["fetch", "--quiet"]))?;
    let (began, cpu) = (Instant::now(), children_cpu());
    let built = run(command.args(features));
    let (wall, cpu) = (began.elapsed().as_secs_f64(), children_cpu() - cpu);
    let _ = std::fs::remove_dir_all(&folder);
    built.map(|()| format!("{wall:.0} s ({cpu:.0} s of CPU)"))
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.current_dir(workspace()).status().map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo ended with {status}")) }
}

/// Seconds of CPU of the children that were waited for, theirs included.
fn children_cpu() -> f64 {
    // SAFETY: an all-zero rusage is valid, and getrusage(2) fills it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
