use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::live;
use super::log::{LOG, say};
use super::run_id::{self, Runner};
use super::start::Process;
use crate::config::{OutputFile, OutputMode};
use crate::journal::{read_process, read_run};
use crate::record::RunRecord;
use crate::report::{self, Output, Results, TerminalOptions};
use crate::stats::TestSummary;

/// Runs that are kept.
const KEPT: usize = 20;

impl Process {
    /// Renders the run, when this is its last process or the report is old.
    pub(super) fn render_at_exit(&self) {
        let Some(live) = &self.live else { return };
        let is_last = live.leave().unwrap_or(true);
        if !is_last && !live.wants_refresh() {
            return;
        }
        if let Err(error) = live.render(&mut || self.render()) {
            say(&format!("aitest: warning: the report in {} is not written: {error}\n", self.dir.display()));
        }
        self.remove_old_runs();
    }

    fn render(&self) {
        let written = read_run(&self.run_dir, &self.run).and_then(|run| {
            let results = Results::from_run(&run);
            if let Some(path) = self.json_path() {
                replace(&path, |out| report::write_json(&results, out))?;
            }
            #[cfg(feature = "html")]
            if let Some(path) = self.html_path() {
                replace(&path, |out| report::write_html(&results, out))?;
            }
            Ok(())
        });
        if let Err(error) = written {
            say(&format!("aitest: warning: the report of this run is not written: {error}; set AITEST_DIR\n"));
        }
    }

    /// The record of this process alone.
    pub(super) fn own_results(&self) -> Option<RunRecord> {
        read_process(LOG.path()?, &self.run).ok()
    }

    /// The words for a run gate that this process misses.
    pub(super) fn missed_gate(&self, run: &RunRecord) -> Option<String> {
        let gate = self.settings.min_pass_rate.filter(|_| !self.settings.report_only)?;
        let (passed, graded) = run
            .tests
            .iter()
            .map(TestSummary::of)
            .fold((0, 0), |(passed, graded), summary| (passed + summary.passed, graded + summary.graded()));
        (passed < gate.of(graded)).then(|| {
            let rate = crate::stats::percent_text(passed, graded);
            format!(
                "gate:   {passed}/{graded} iterations of this test process passed ({rate}), AITEST_MIN_PASS_RATE is {gate}: exit code 101\n"
            )
        })
    }

    pub(super) fn terminal_block(&self, run: &RunRecord) -> String {
        let output = match self.settings.output {
            OutputMode::None => return String::new(),
            OutputMode::Summary => Output::Summary,
            OutputMode::Verbose => Output::Verbose,
        };
        let results = Results::from_run(run);
        let options = TerminalOptions {
            output,
            color: wants_color(),
            unicode: is_utf8(),
            report: self.report_path(),
            json: self.json_path().map(|path| self.shown(&path)),
            nextest: self.runner == Runner::Nextest,
            partial: self.settings.partial,
            fail_fast: self.runner == Runner::Cargo && !run_id::cargo_goes_on(),
        };
        report::terminal_block(&results, &options)
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

    fn remove_old_runs(&self) {
        let Ok(entries) = fs::read_dir(self.dir.join("runs")) else { return };
        let mut runs: Vec<(SystemTime, PathBuf)> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                Some((entry.metadata().ok()?.modified().ok()?, entry.path()))
            })
            .collect();
        runs.sort_by(|a, b| b.cmp(a));
        for (_, folder) in runs.into_iter().skip(KEPT) {
            if folder != self.run_dir && !live::is_alive(&folder) {
                // What cannot be removed now is tried again by the next run.
                let _ = fs::remove_dir_all(folder);
            }
        }
    }
}

/// Writes beside `path` and renames: a reader never sees half a file.
fn replace(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
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
