//! Measures aitest beside its bare counterparts and prints a table: `cargo run --release -p aitest-benches`, with
//! `-- dev` for the profile that users test in. A slow machine is no error; being unable to measure is.

mod journal;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

type Figures = BTreeMap<String, f64>;

/// Runs of a whole process, of which the median counts.
const RUNS: usize = 21;

fn main() -> ExitCode {
    let dev = std::env::args().any(|argument| argument == "dev");
    match measure(dev) {
        Ok(figures) => {
            print!("{}", table(&figures, dev));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("the benchmarks could not be measured: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(dev: bool) -> Result<Figures, String> {
    let bench = Bench::build(dev)?;
    let mut figures = Figures::new();
    for test in ["empty_async", "empty_sync", "memory"] {
        bench.run("bench_empty", test, &[], &mut figures)?;
    }
    for test in ["bare_loop", "plain"] {
        bench.run("bench_plain", test, &[], &mut figures)?;
    }
    for test in ["agent_cpu", "by_hand_cpu", "latency", "idle_memory"] {
        bench.run("bench_agent", test, &[], &mut figures)?;
    }
    bench.processes(&mut figures)?;
    bench.report(&mut figures)?;
    Ok(figures)
}

/// The subjects, built.
struct Bench {
    subjects: BTreeMap<String, PathBuf>,
    folder: PathBuf,
}

impl Bench {
    fn build(dev: bool) -> Result<Bench, String> {
        let profile: &[&str] = if dev { &[] } else { &["--release"] };
        let mut subjects = cargo(&[&["build", "-p", "banking", "--bin", "banking-mcp"], profile].concat())?;
        for subject in ["bench_empty", "bench_plain", "bench_agent"] {
            subjects
                .extend(cargo(&[&["test", "-p", "aitest-benches", "--no-run", "--test", subject], profile].concat())?);
        }
        let folder = std::env::temp_dir().join(format!("aitest-benches-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        Ok(Bench { subjects, folder })
    }

    /// Runs one test of a subject, adds what it measured, and returns its wall time in microseconds.
    fn run(&self, subject: &str, test: &str, variables: &[(&str, &str)], figures: &mut Figures) -> Result<f64, String> {
        let out = self.folder.join("figures");
        let _ = std::fs::remove_file(&out);
        let program = self.subjects.get(subject).ok_or_else(|| format!("cargo built no {subject}"))?;
        let server = self.subjects.get("banking-mcp").ok_or("cargo built no banking-mcp")?;
        let mut command = Command::new(program);
        command.args(["--exact", test]).env_remove("CARGO").env("AITEST_DIR", self.folder.join("out"));
        command
            .env("BENCH_OUT", &out)
            .env("BENCH_SERVER", server)
            .env("AITEST_OUTPUT", "none")
            .envs(variables.iter().copied());
        let spawned = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?;
        command.env("BENCH_SPAWNED", spawned.as_micros().to_string());
        let began = Instant::now();
        let output = command.output().map_err(|error| format!("{subject}: {error}"))?;
        let wall = began.elapsed().as_secs_f64() * 1e6;
        if !output.status.success() {
            return Err(format!("{subject} {test}: {}", String::from_utf8_lossy(&output.stdout)));
        }
        for line in std::fs::read_to_string(&out).unwrap_or_default().lines() {
            if let Some((name, value)) = line.split_once(' ') {
                figures.insert(name.to_owned(), value.parse().map_err(|error| format!("{line}: {error}"))?);
            }
        }
        Ok(wall)
    }

    /// What a process costs from its spawn to its first iteration and from there to its end, in turns.
    fn processes(&self, figures: &mut Figures) -> Result<(), String> {
        let mut samples: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for _ in 0..RUNS {
            for (subject, test) in [("bench_empty", "one"), ("bench_plain", "plain")] {
                let mut own = Figures::new();
                let wall = self.run(subject, test, &[], &mut own)?;
                samples.entry(test).or_default().push(wall);
                let start = own.get(&format!("{test}_start_us")).copied().ok_or("no start was measured")?;
                samples.entry(if test == "one" { "one_start" } else { "plain_start" }).or_default().push(start);
            }
        }
        for (name, values) in samples {
            figures.insert(format!("{name}_us"), median(values));
        }
        Ok(())
    }

    /// A run of 1,000 tests of 10 iterations with transcripts, rendered by a process that joins it.
    fn report(&self, figures: &mut Figures) -> Result<(), String> {
        let runs = self.folder.join("out/runs");
        journal::write(&runs.join("large"), 1_000, 10).map_err(|error| error.to_string())?;
        let with = self.run("bench_empty", "one", &[("AITEST_RUN_ID", "large")], &mut Figures::new())?;
        let size =
            |name: &str| std::fs::metadata(self.folder.join("out").join(name)).map_or(0.0, |data| data.len() as f64);
        figures.insert("report_us".to_owned(), with - figures.get("one_us").copied().unwrap_or(0.0));
        figures.insert("html_bytes".to_owned(), size("report.html"));
        figures.insert("json_bytes".to_owned(), size("results.json"));
        Ok(())
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Runs cargo and returns the executables it names, by target.
fn cargo(arguments: &[&str]) -> Result<BTreeMap<String, PathBuf>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the workspace has no folder")?;
    let output = Command::new("cargo")
        .args(arguments)
        .args(["--message-format=json", "--quiet"])
        .current_dir(root)
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let executables = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some((message["target"]["name"].as_str()?.to_owned(), PathBuf::from(message["executable"].as_str()?)))
    });
    Ok(executables.collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn table(figures: &Figures, dev: bool) -> String {
    let get = |name: &str| figures.get(name).copied().unwrap_or(f64::NAN);
    let goal = |release, development| if dev { development } else { release };
    let rows = [
        ("empty async iteration, µs", get("async_ns") / 1e3, get("bare_loop_ns") / 1e3, goal("5", "40")),
        ("empty sync iteration, µs", get("sync_ns") / 1e3, get("bare_loop_ns") / 1e3, goal("5", "40")),
        ("spawn to first iteration, ms", get("one_start_us") / 1e3, get("plain_start_us") / 1e3, "5 more"),
        (
            "whole process of one iteration, ms",
            get("one_us") / 1e3,
            get("plain_us") / 1e3,
            goal("2 more at exit", "20 more at exit"),
        ),
        (
            "peak memory at iteration 100,000, MiB",
            get("memory_kib") / 1024.0,
            get("plain_memory_kib") / 1024.0,
            "20 more",
        ),
        ("agent run with a server, CPU ms", get("agent_cpu_us") / 1e3, get("by_hand_cpu_us") / 1e3, "1.25 x"),
        ("50 answers of 200 ms, 10 at a time, ms", get("latency_ms"), 1000.0, "1.05 x"),
        ("memory of an idle agent run, KiB", get("idle_run_kib"), f64::NAN, "256"),
        ("report of 1,000 tests x 10, ms", get("report_us") / 1e3, f64::NAN, goal("500", "3000")),
        ("report.html, MB", get("html_bytes") / 1e6, f64::NAN, "-"),
        ("results.json, MB", get("json_bytes") / 1e6, f64::NAN, "-"),
    ];
    let mut text =
        format!("| {:<40} | {:>9} | {:>9} | {:>7} | {:<16} |\n", "figure", "aitest", "bare", "ratio", "goal");
    for (name, ours, bare, goal) in rows {
        let ratio = if (ours / bare).is_finite() { format!("{:.2}", ours / bare) } else { "-".to_owned() };
        let bare = if bare.is_finite() { format!("{bare:.3}") } else { "-".to_owned() };
        text.push_str(&format!("| {name:<40} | {ours:>9.3} | {bare:>9} | {ratio:>7} | {goal:<16} |\n"));
    }
    text
}
