//! What whole processes cost: their start, their exit, their memory, the report of a large run.

use std::collections::BTreeMap;

use crate::journal;
use crate::subjects::{Figures, Subjects};

/// Runs of a process, of which the median counts.
const RUNS: usize = 21;

pub(crate) fn measure(subjects: &Subjects, figures: &mut Figures) -> Result<(), String> {
    starts_and_exits(subjects, figures)?;
    report(subjects, figures)?;
    let plain = subjects.run("bench_plain", "plain", figures)?;
    let full = subjects.run("bench_empty", "memory", figures)?;
    figures.insert("plain_peak_kib".to_owned(), plain.peak_kib);
    figures.insert("exit_peak_kib".to_owned(), full.peak_kib);
    Ok(())
}

/// From the spawn to the first iteration, and from the end of the last iteration to that of the process, in turns.
fn starts_and_exits(subjects: &Subjects, figures: &mut Figures) -> Result<(), String> {
    let mut samples: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for _ in 0..RUNS {
        for (subject, test) in [("bench_empty", "one"), ("bench_empty", "late"), ("bench_plain", "plain")] {
            let mut own = Figures::new();
            let ended = subjects.run(subject, test, &mut own)?;
            let get = |name: &str| own.get(name).copied().ok_or(format!("{test} measured no {name}"));
            samples.entry(format!("{test}_start_us")).or_default().push(get("start_us")?);
            samples.entry(format!("{test}_exit_us")).or_default().push(ended.at_us - get("end_us")?);
        }
    }
    figures.extend(samples.into_iter().map(|(name, values)| (name, median(values))));
    Ok(())
}

/// A run of 1,000 tests of 10 iterations with transcripts, rendered by a process that joins it.
fn report(subjects: &Subjects, figures: &mut Figures) -> Result<(), String> {
    let mut times = Vec::new();
    for number in 0..3 {
        let run = format!("large-{number}");
        journal::write(&subjects.out().join("runs").join(&run), 1_000, 10).map_err(|error| error.to_string())?;
        let mut own = Figures::new();
        let ended = subjects.run_in("bench_empty", "late", Some(&run), &mut own)?;
        times.push(ended.at_us - own.get("end_us").copied().ok_or("late measured no end")?);
    }
    figures.insert("report_us".to_owned(), median(times));
    for name in ["report.html", "results.json"] {
        let size = std::fs::metadata(subjects.out().join(name)).map_err(|error| format!("{name}: {error}"))?.len();
        figures.insert(name.to_owned(), size as f64);
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
