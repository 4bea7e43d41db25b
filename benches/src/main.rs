//! Measures aitest beside its bare counterparts and prints a table: `cargo run --release -p aitest-benches`, with
//! `-- dev` for the profile that users test in, with `-- size` for cold builds and counts of crates, and with
//! `-- statistics` for these alone. A slow
//! machine is no error; being unable to measure is.

mod journal;
mod processes;
mod size;
mod statistics;
mod subjects;
mod table;

use std::process::ExitCode;

use subjects::{Figures, Subjects};

/// Runs of a test that times itself, of which the least counts: other work on the machine only adds.
const RUNS: usize = 5;

fn main() -> ExitCode {
    let printed = match std::env::args().nth(1).as_deref() {
        None => measure(false).map(|figures| table::table(&figures, false)),
        Some("dev") => measure(true).map(|figures| table::table(&figures, true)),
        Some("size") => size::measure(),
        Some("statistics") => Ok(table::statistics(&alone())),
        Some(other) => Err(format!("`{other}` is none of `dev`, `size` and `statistics`")),
    };
    match printed {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("the benchmarks could not be measured: {error}");
            ExitCode::FAILURE
        }
    }
}

fn alone() -> Figures {
    let mut figures = Figures::new();
    for _ in 0..RUNS {
        statistics::measure(&mut figures);
    }
    figures
}

/// Each beside its counterpart by hand.
const AGENT: [&str; 8] = [
    "with_server",
    "with_server_by_hand",
    "with_shared_server",
    "with_shared_server_by_hand",
    "model_alone",
    "model_alone_by_hand",
    "model_behind_a_tap",
    "latency",
];

/// Each beside its counterpart by hand.
const SERVERS: [&str; 6] = ["stdio", "stdio_by_hand", "http", "http_by_hand", "sse", "sse_by_hand"];

fn measure(dev: bool) -> Result<Figures, String> {
    let subjects = Subjects::build(dev)?;
    let mut figures = Figures::new();
    for _ in 0..RUNS {
        statistics::measure(&mut figures);
        for test in ["empty_async", "empty_sync"] {
            subjects.run("bench_empty", test, &mut figures)?;
        }
        for test in ["bare_loop", "two_writes"] {
            subjects.run("bench_plain", test, &mut figures)?;
        }
        for test in AGENT {
            subjects.run("bench_agent", test, &mut figures)?;
        }
        for test in SERVERS {
            subjects.run("bench_servers", test, &mut figures)?;
        }
    }
    subjects.run("bench_agent", "idle_memory", &mut figures)?;
    // Fifty answers, ten at a time.
    figures.insert("latency_bare_ms".to_owned(), 5.0 * 200.0);
    processes::measure(&subjects, &mut figures)?;
    Ok(figures)
}
