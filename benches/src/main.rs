//! Measures aitest beside its bare counterparts and prints a table: `cargo run --release -p aitest-benches`, with
//! `-- dev` for the profile that users test in, and with `-- size` for cold builds and counts of crates. A slow
//! machine is no error; being unable to measure is.

mod journal;
mod processes;
mod size;
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
        Some(other) => Err(format!("`{other}` is neither `dev` nor `size`")),
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

fn measure(dev: bool) -> Result<Figures, String> {
    let subjects = Subjects::build(dev)?;
    let mut figures = Figures::new();
    for _ in 0..RUNS {
        for test in ["empty_async", "empty_sync"] {
            subjects.run("bench_empty", test, &mut figures)?;
        }
        for test in ["bare_loop", "two_writes"] {
            subjects.run("bench_plain", test, &mut figures)?;
        }
        for test in ["with_server", "with_server_by_hand", "model_alone", "model_alone_by_hand", "latency"] {
            subjects.run("bench_agent", test, &mut figures)?;
        }
    }
    subjects.run("bench_agent", "idle_memory", &mut figures)?;
    // Fifty answers, ten at a time.
    figures.insert("latency_bare_ms".to_owned(), 5.0 * 200.0);
    processes::measure(&subjects, &mut figures)?;
    Ok(figures)
}
