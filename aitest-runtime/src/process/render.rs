use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::log::{LOG, say};
use super::run_id::{self, Runner};
use super::start::{Process, Tests};
use crate::config::{OutputFile, OutputMode};
use crate::journal::{read_process, read_run};
use crate::record::RunRecord;
use crate::report::{self, Output, Results, TerminalOptions};

/// What a process rendered at its exit.
#[derive(Default)]
pub(super) struct Rendered {
    /// `None` when another process renders, or the run cannot be read.
    pub(super) run: Option<RunRecord>,
    /// Outputs that could not be written.
    pub(super) unwritten: Vec<PathBuf>,
}

impl Process {
    /// Renders the run, when this is its last process or the report is old.
    pub(super) fn render_at_exit(&self) -> Rendered {
        let mut rendered = Rendered::default();
        let Some(live) = &self.live else { return rendered };
        let is_last = live.leave().unwrap_or(true);
        if is_last || live.wants_refresh() {
            let done = live.render(&mut || rendered = self.render());
            if let Err(error) = done {
                say(&format!("aitest: warning: the report in {} is not written: {error}\n", self.dir.display()));
            }
        }
        rendered
    }

    fn render(&self) -> Rendered {
        match read_run(&self.run_dir, &self.run) {
            Ok(run) => Rendered { unwritten: self.write(&run), run: Some(run) },
            Err(error) => {
                say(&format!("aitest: warning: the report of this run is not written: {error}; set AITEST_DIR\n"));
                Rendered::default()
            }
        }
    }

    /// Writes each output, whatever becomes of the others. Returns those that could not be written.
    fn write(&self, run: &RunRecord) -> Vec<PathBuf> {
        let mut results = Results::from_run(run);
        self.leave_baseline(&results);
        self.compare(&mut results, false);
        let mut unwritten = Vec::new();
        let mut keep = |path: PathBuf, variable: &str, written: io::Result<()>| {
            if let Err(error) = written {
                say(&format!("aitest: warning: {error}: it is not written; set {variable} or AITEST_DIR\n"));
                unwritten.push(path);
            }
        };
        if let Some(path) = self.json_path() {
            let written = replace(&path, |out| report::write_json(&results, out));
            keep(path, "AITEST_JSON", written);
        }
        #[cfg(feature = "html")]
        if let Some(path) = self.html_path() {
            let written = replace(&path, |out| report::write_html(&results, out));
            keep(path, "AITEST_HTML", written);
        }
        unwritten
    }

    /// The record of this process alone: `run` where it holds nothing else, else this process's journal, read.
    pub(super) fn own_results(&self, run: Option<RunRecord>) -> Option<RunRecord> {
        let journal = LOG.path()?;
        run.filter(|run| is_of_one_journal(run, journal)).or_else(|| read_process(journal, &self.run).ok())
    }

    /// The results of a record of this process alone, beside earlier ones.
    pub(super) fn results_of<'r>(&self, run: &'r RunRecord) -> Results<'r> {
        let mut results = Results::from_run(run);
        self.compare(&mut results, true);
        results
    }

    /// The words for a run gate that this process misses.
    pub(super) fn missed_gate(&self, &Tests { passed, graded, .. }: &Tests) -> Option<String> {
        let gate = self.settings.min_pass_rate.filter(|_| !self.settings.report_only)?;
        (passed < gate.of(graded)).then(|| {
            let rate = crate::stats::percent_text(passed, graded);
            format!(
                "gate:   {passed}/{graded} iterations of this test process passed ({rate}), AITEST_MIN_PASS_RATE is {gate}: exit code 101\n"
            )
        })
    }

    /// `unwritten` outputs are not named: what is there is another run's.
    pub(super) fn terminal_block(&self, results: &Results<'_>, unwritten: &[PathBuf]) -> String {
        let output = match self.settings.output {
            OutputMode::None => return String::new(),
            OutputMode::Summary => Output::Summary,
            OutputMode::Verbose => Output::Verbose,
        };
        let shown = |path: Option<PathBuf>| path.filter(|path| !unwritten.contains(path)).map(|path| self.shown(&path));
        let options = TerminalOptions {
            output,
            color: wants_color(),
            unicode: is_utf8(),
            report: shown(self.html_path()),
            json: shown(self.json_path()),
            nextest: self.runner == Runner::Nextest,
            partial: self.settings.partial,
            fail_fast: self.runner == Runner::Cargo && !run_id::cargo_goes_on(),
        };
        report::terminal_block(results, &options)
    }

    /// The HTML report as the user finds it from where cargo runs.
    pub(super) fn report_path(&self) -> Option<String> {
        self.html_path().map(|path| self.shown(&path))
    }

    fn html_path(&self) -> Option<PathBuf> {
        let usual = if self.settings.partial { "partial.html" } else { "report.html" };
        cfg!(feature = "html").then(|| self.output_path(&self.settings.html, usual)).flatten()
    }

    fn json_path(&self) -> Option<PathBuf> {
        let usual = if self.settings.partial { "partial.json" } else { "results.json" };
        self.output_path(&self.settings.json, usual)
    }

    fn output_path(&self, file: &OutputFile, usual: &str) -> Option<PathBuf> {
        match file {
            OutputFile::Off => None,
            OutputFile::InDir => Some(self.dir.join(usual)),
            OutputFile::Path(path) => Some(self.workspace.join(path)),
        }
    }

    /// Paths below the workspace are shown from there.
    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.workspace).unwrap_or(path).display().to_string()
    }
}

/// Whether `run` came from `journal` alone, whole: a torn line may be another process's.
fn is_of_one_journal(run: &RunRecord, journal: &Path) -> bool {
    let name = journal.file_stem().and_then(|name| name.to_str());
    run.torn_lines == 0 && matches!(run.processes.as_slice(), [only] if Some(only.process.as_str()) == name)
}

/// Writes beside `path` and renames: a reader never sees half a file.
pub(super) fn replace(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(named)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = File::create(&temporary).and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 17, file);
        write(&mut out)?;
        out.flush()?;
        fs::rename(&temporary, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(named)
}

/// As the usual variables say; else color on a terminal only.
fn wants_color() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    if set("NO_COLOR") {
        return false;
    }
    set("CLICOLOR_FORCE") || (io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb"))
}

/// Whether the locale is UTF-8; so is one that nobody set on a system without locales.
fn is_utf8() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes the first line of a process's journal into `run`.
    fn begin_process(run: &Path, name: &str) -> PathBuf {
        let journal = run.join(format!("{name}.jsonl"));
        let body = serde_json::json!({
            "process": name, "run": "r", "started_at_ms": 1, "package": "p", "target": "t", "runner": "direct",
            "command": "t", "rerun": 1, "seed": 1, "host": "linux", "aitest": "0.1.0", "prices": ""
        });
        fs::write(&journal, format!("{{\"v\":1,\"t\":\"process_started\",\"ms\":0,\"body\":{body}}}\n")).unwrap();
        journal
    }

    #[test]
    fn a_run_is_of_one_journal_when_no_other_process_and_no_torn_line_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let read = || read_run(folder.path(), &crate::record::RunId("r".into())).unwrap();
        let own = begin_process(folder.path(), "t-1");
        assert!(is_of_one_journal(&read(), &own));
        assert!(!is_of_one_journal(&read(), &folder.path().join("t-2.jsonl")), "the journal could not be written");
        let other = begin_process(folder.path(), "t-2");
        assert!(!is_of_one_journal(&read(), &own));
        fs::write(&other, "{\"v\":1,").unwrap();
        assert!(!is_of_one_journal(&read(), &own), "the torn line is not ours");
    }
}
