use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once};
use std::time::SystemTime;

use super::live;
use super::log::LOG;
use crate::collector::{lock, warn};
use crate::config::{ConfigError, Numbers};
use crate::hash::mix;
use crate::iteration::Kept;
use crate::journal::read_as_written;
use crate::record::{AgentSetup, IterationRecord, RunId, RunRecord, TestId, TestIdentity, TestRecord};

/// Runs that a message lists.
const MOST_LISTED: usize = 5;

/// The run whose finished iterations this one keeps.
#[derive(Debug)]
pub(super) struct Resumed {
    pub(super) run: RunId,
    pub(super) seed: u64,
    /// What the reader should know of it.
    pub(super) warnings: Vec<String>,
    /// Whether the test binary is another one than that of the run.
    is_rebuilt: bool,
    folder: PathBuf,
    /// The last execution of each test, until it is asked for.
    tests: Mutex<HashMap<TestIdentity, TestRecord>>,
    /// What its agents were given, until a kept iteration names it, and the texts of it.
    setups: Mutex<Vec<AgentSetup>>,
    texts: BTreeMap<String, String>,
    /// What the first test that keeps something does.
    first: Once,
}

/// The process that resumes.
pub(super) struct Resuming<'a> {
    pub(super) run: &'a RunId,
    pub(super) package: &'a str,
    pub(super) target: &'a str,
    /// When its binary was built, in milliseconds since 1970-01-01 UTC.
    pub(super) built_at_ms: Option<u64>,
}

/// The test that asks what it can keep.
pub(super) struct Asks<'a> {
    pub(super) id: TestId,
    pub(super) identity: &'a TestIdentity,
    pub(super) name: &'a str,
    pub(super) fingerprint: &'a str,
    pub(super) numbers: &'a Numbers,
    pub(super) seed: u64,
}

impl Resumed {
    /// Reads the run `id` of the output folder `dir`.
    ///
    /// # Errors
    /// There is no such run, it cannot be read, or it is under way.
    pub(super) fn read(dir: &Path, id: &str, own: &Resuming<'_>) -> Result<Self, ConfigError> {
        let (runs, run) = (dir.join("runs"), RunId(id.to_owned()));
        if run == *own.run {
            return Err(wrong(format!("`{id}` is this run's own id: a run resumes another one")));
        }
        let folder = runs.join(id);
        if !live::is_run(&folder) {
            return Err(wrong(format!("no run `{id}` in {}; {}", runs.display(), listed(&runs, own.run))));
        }
        if live::stays_alive(&folder) {
            return Err(wrong(format!("the run `{id}` is under way: resume it when its last process has ended")));
        }
        let record = read_as_written(&folder, &run).map_err(|error| wrong(format!("{}: {error}", folder.display())))?;
        let Some(seed) = record.processes.first().map(|process| process.seed) else {
            return Err(wrong(format!("the run `{id}` has no journal that can be read: {}", folder.display())));
        };
        let warnings = warnings(&record, own.package);
        let before = record.processes.iter().rfind(|one| (&*one.package, &*one.target) == (own.package, own.target));
        let is_rebuilt = before.is_some_and(|before| before.built_at_ms != own.built_at_ms);
        let mut tests = HashMap::new();
        // The later execution is the one that counts.
        for test in record.tests {
            tests.insert(test.identity.clone(), test);
        }
        let (tests, setups, texts) = (Mutex::new(tests), Mutex::new(record.setups), record.texts);
        Ok(Resumed { run, seed, warnings, is_rebuilt, folder, tests, setups, texts, first: Once::new() })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its iterations would be others with the seed `given`.
    pub(super) fn other_seed(&self, given: u64) -> ConfigError {
        let Resumed { run, seed, .. } = self;
        wrong(format!("the seed is {given}, that of run {run} was {seed}: write AITEST_SEED={seed}"))
    }

    /// The iterations of a test that count in this run: graded, of the same seed, of a test with the same fingerprint.
    pub(super) fn keep(&self, asks: &Asks<'_>, run_dir: &Path) -> Kept {
        let Some(test) = lock(&self.tests).remove(asks.identity) else { return Kept::default() };
        let graded = test.counted().filter(|record| record.outcome.is_graded()).count();
        if test.fingerprint.as_deref() != Some(asks.fingerprint) {
            if graded > 0 {
                self.refuse(asks.name, graded, "its source, its `should_panic` or its time limit is another one now");
            }
            return Kept::default();
        }
        let kept = self.pick(test, asks);
        let others = graded - kept.counted.len();
        if others > 0 {
            self.refuse(asks.name, others, "they are of another seed, or not among the planned iterations");
        }
        if !kept.counted.is_empty() {
            self.first.call_once(|| self.take_over(run_dir));
            self.tell_setups(&kept);
        }
        kept
    }

    /// Writes down what the agents of kept iterations were given, once.
    fn tell_setups(&self, kept: &Kept) {
        lock(&self.setups).retain(|setup| {
            let is_used = kept.counted.iter().chain(&kept.earlier).any(|record| record.setups.contains(&setup.id));
            if is_used {
                let parts = setup.skill_texts.iter().chain(&setup.servers).map(|part| &part.sha256);
                let hashes = parts.chain(&setup.system_prompt);
                let texts = hashes.filter_map(|sha256| self.texts.get_key_value(sha256));
                LOG.setup(setup, &texts.map(|(sha256, text)| (sha256.clone(), text.clone())).collect::<Vec<_>>());
            }
            !is_used
        });
    }

    fn pick(&self, test: TestRecord, asks: &Asks<'_>) -> Kept {
        let mut kept = Kept::default();
        let numbers = (0..asks.numbers.count()).filter_map(|position| asks.numbers.at(position));
        let mut iterations = test.iterations;
        for number in numbers {
            let is_kept = |record: &IterationRecord| {
                record.outcome.is_graded() && record.seed == mix(asks.seed, &[asks.id.0, u64::from(number)])
            };
            let record = iterations.remove(&number).filter(|record| is_kept(record));
            kept.counted.extend(record.map(|record| self.mark(*record)));
        }
        let is_kept = |attempt: &IterationRecord| {
            kept.counted.binary_search_by_key(&attempt.key.iteration, |record| record.key.iteration).is_ok()
        };
        kept.earlier = test.earlier.into_iter().filter(is_kept).map(|attempt| self.mark(attempt)).collect();
        kept
    }

    /// What comes from a run before that one goes on saying so.
    fn mark(&self, mut record: IterationRecord) -> IterationRecord {
        record.kept_from.get_or_insert_with(|| self.run.clone());
        record.key.rerun = 1;
        record
    }

    fn refuse(&self, test: &str, count: usize, why: &str) {
        let iterations = if count == 1 { "iteration is" } else { "iterations are" };
        warn("not_resumed", &format!("{test}: {count} finished {iterations} not kept from run {}: {why}", self.run));
    }

    /// The long texts and images of kept iterations stay when the old run goes.
    fn take_over(&self, run_dir: &Path) {
        if self.is_rebuilt {
            let run = &self.run;
            let message = format!(
                "the test binary was built anew since run {run}: the tests that keep iterations are the same, but what \
                 they call may not be"
            );
            warn("resumed_with_another_binary", &message);
        }
        if let Err(error) = link_all(&self.folder.join("blobs"), &run_dir.join("blobs")) {
            let message = format!("long texts and images of run {} could not be taken over: {error}", self.run);
            warn("blobs_not_kept", &message);
        }
    }
}

fn wrong(message: String) -> ConfigError {
    ConfigError { origin: "AITEST_RESUME".to_owned(), message }
}

fn warnings(record: &RunRecord, package: &str) -> Vec<String> {
    let mut warnings = Vec::new();
    let run = &record.id;
    if !record.processes.iter().any(|process| process.package == package) {
        let mut packages: Vec<&str> = record.processes.iter().map(|process| process.package.as_str()).collect();
        packages.dedup();
        let packages = packages.join(", ");
        warnings.push(format!("run {run} has no test of the package {package}, but of {packages}: nothing is kept"));
    }
    if record.torn_lines > 0 {
        let (lines, it) = match record.torn_lines {
            1 => ("1 journal line".to_owned(), "it"),
            lines => (format!("{lines} journal lines"), "they"),
        };
        warnings.push(format!("{lines} of run {run} cannot be read: what {it} said runs again"));
    }
    warnings
}

/// The newest runs, for a message.
fn listed(runs: &Path, own: &RunId) -> String {
    let mut found: Vec<(SystemTime, String)> = fs::read_dir(runs)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok().filter(|entry| live::is_run(&entry.path()))?;
            Some((entry.metadata().ok()?.modified().ok()?, entry.file_name().into_string().ok()?))
        })
        .filter(|(_, name)| *name != own.0)
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    let names: Vec<_> = found.iter().take(MOST_LISTED).map(|(_, name)| format!("`{name}`")).collect();
    if names.is_empty() { "there is none".to_owned() } else { format!("the newest are {}", names.join(", ")) }
}

fn link_all(from: &Path, to: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    fs::create_dir_all(to)?;
    for entry in entries {
        let from = entry?.path();
        let to = to.join(from.file_name().unwrap_or_default());
        // Its name is its content's hash: what is there is the same.
        if !to.exists() && fs::hard_link(&from, &to).is_err() && !to.exists() {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}
