use std::path::PathBuf;
use std::time::Duration;

use super::lookup::Listed;
use super::table::{
    BASELINE, CASSETTES, DIR, FAIL_ON_REGRESSION, HTML, JSON, JUDGE_MODEL, MAX_COST, MAX_DURATION, MAX_IN_FLIGHT,
    MAX_WAIT, MIN_PASS_RATE, MODEL, ONLY, OUTPUT, PRICES, REDACT, REPORT_ONLY, RESUME, RETRY_ERRORED, RUN_ID, SEED,
    TRANSCRIPTS,
};
use super::value::{choice, count, dollars, duration, flag, numbers, percent, run_id, seed};
use super::{ConfigError, Lookup};
use crate::record::{CassetteMode, Cost, Percent, SettingRecord};

/// Settings that hold for every test of the process.
#[derive(Clone, Debug)]
pub(crate) struct RunSettings {
    pub(crate) run_id: Option<String>,
    /// The run whose finished iterations are kept.
    pub(crate) resume: Option<String>,
    pub(crate) seed: Option<u64>,
    pub(crate) min_pass_rate: Option<Percent>,
    pub(crate) report_only: bool,
    /// `latest`, or a path.
    pub(crate) baseline: Option<String>,
    pub(crate) fail_on_regression: bool,
    /// Only some iterations run: the run has no gate.
    pub(crate) partial: bool,
    pub(crate) max_wait: Duration,
    pub(crate) max_in_flight: u32,
    pub(crate) max_cost: Option<Cost>,
    pub(crate) max_duration: Option<Duration>,
    pub(crate) retry_errored: u32,
    pub(crate) transcripts: Transcripts,
    pub(crate) cassettes: CassetteMode,
    pub(crate) output: OutputMode,
    pub(crate) dir: Option<PathBuf>,
    pub(crate) html: OutputFile,
    pub(crate) json: OutputFile,
    pub(crate) prices: Option<PathBuf>,
    pub(crate) model: Option<String>,
    pub(crate) judge_model: Option<String>,
    pub(crate) redact: Listed,
    pub(crate) settings: Vec<SettingRecord>,
}

/// What iterations keep of what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transcripts {
    Full,
    /// Of iterations that did not pass.
    Failed,
    None,
}

/// How much the terminal block says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputMode {
    Summary,
    Verbose,
    None,
}

/// Where a report is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OutputFile {
    /// Under its usual name in the output folder.
    InDir,
    Path(PathBuf),
    Off,
}

impl RunSettings {
    pub(crate) fn resolve(mut lookup: Lookup<'_>) -> Result<RunSettings, ConfigError> {
        let partial = lookup.variable(ONLY).map(numbers).transpose();
        let partial = partial.map_err(|message| ConfigError::new("AITEST_ONLY", message))?.is_some();
        let gate = lookup.get(MIN_PASS_RATE, None, percent)?;
        let resume = lookup.get(RESUME, None, run_id)?;
        if partial && resume.is_some() {
            let message = "AITEST_ONLY says which iterations run, whatever is done: unset one of the two";
            return Err(ConfigError::new("AITEST_RESUME", message));
        }
        let (baseline, fail_on_regression) = baseline(&mut lookup)?;
        Ok(RunSettings {
            run_id: lookup.get(RUN_ID, None, run_id)?,
            resume,
            seed: lookup.get(SEED, None, seed)?,
            min_pass_rate: if partial { None } else { gate },
            report_only: lookup.get(REPORT_ONLY, None, flag)?.unwrap_or(false),
            baseline,
            fail_on_regression,
            partial,
            max_wait: lookup.get(MAX_WAIT, None, duration)?.unwrap_or(Duration::from_secs(10 * 60)),
            max_in_flight: lookup.get(MAX_IN_FLIGHT, None, |text| count(text, 1, 10_000))?.unwrap_or(16),
            max_cost: lookup.get(MAX_COST, None, dollars)?,
            max_duration: lookup.get(MAX_DURATION, None, duration)?,
            retry_errored: lookup.get(RETRY_ERRORED, None, |text| count(text, 0, 100))?.unwrap_or(1),
            transcripts: lookup.get(TRANSCRIPTS, None, transcripts)?.unwrap_or(Transcripts::Full),
            cassettes: lookup.get(CASSETTES, None, cassettes)?.unwrap_or_default(),
            output: lookup.get(OUTPUT, None, output)?.unwrap_or(OutputMode::Summary),
            dir: lookup.get(DIR, None, path)?,
            html: lookup.get(HTML, None, output_file)?.unwrap_or(OutputFile::InDir),
            json: lookup.get(JSON, None, output_file)?.unwrap_or(OutputFile::InDir),
            prices: lookup.get(PRICES, None, path)?,
            model: lookup.get(MODEL, None, model)?,
            judge_model: lookup.get(JUDGE_MODEL, None, |text| Ok(text.to_owned()))?,
            redact: lookup.list(REDACT),
            settings: lookup.found,
        })
    }
}

/// What to compare with, and whether a regression fails.
fn baseline(lookup: &mut Lookup<'_>) -> Result<(Option<String>, bool), ConfigError> {
    let baseline = lookup.get(BASELINE, None, |text| path(text).map(|_| text.trim().to_owned()))?;
    let fails = lookup.get(FAIL_ON_REGRESSION, None, flag)?.unwrap_or(false);
    if fails && baseline.is_none() {
        let origin = lookup.found.iter().rev().find(|setting| setting.name == FAIL_ON_REGRESSION.name);
        let origin = origin.map_or(FAIL_ON_REGRESSION.name, |setting| &setting.origin);
        return Err(ConfigError::new(
            origin,
            "has nothing to compare with; set AITEST_BASELINE to a path or to latest",
        ));
    }
    Ok((baseline, fails))
}

fn transcripts(text: &str) -> Result<Transcripts, String> {
    choice(text, &[("full", Transcripts::Full), ("failed", Transcripts::Failed), ("none", Transcripts::None)])
}

fn cassettes(text: &str) -> Result<CassetteMode, String> {
    use CassetteMode::{Auto, Off, Record, Replay};
    choice(text, &[("off", Off), ("record", Record), ("replay", Replay), ("auto", Auto)])
}

fn output(text: &str) -> Result<OutputMode, String> {
    choice(text, &[("summary", OutputMode::Summary), ("verbose", OutputMode::Verbose), ("none", OutputMode::None)])
}

fn model(text: &str) -> Result<String, String> {
    match text.trim().split_once('/') {
        Some((provider, model)) if !provider.is_empty() && !model.is_empty() => Ok(text.trim().to_owned()),
        _ => Err(format!("`{text}` is no model of a provider: write `openai/gpt-5-mini`")),
    }
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.trim().is_empty() { Err("an empty path is not accepted".to_owned()) } else { Ok(PathBuf::from(text)) }
}

fn output_file(text: &str) -> Result<OutputFile, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "off" | "false" => Ok(OutputFile::Off),
        "on" | "true" => Ok(OutputFile::InDir),
        _ => path(text).map(OutputFile::Path),
    }
}
