use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, UNIX_EPOCH};

use once_cell::sync::OnceCell;

use super::aside::Aside;
use super::baseline::BaselineSource;
use super::folder::{Places, output_folder};
use super::live::Live;
use super::log::LOG;
use super::resume::{Resumed, Resuming};
use super::run_id::{Runner, rerun, run_id};
use super::spec::TestSpec;
use super::{cassettes, exit, git};
use crate::collector::{set_models, set_setup_sink, set_warning_sink, warn};
use crate::config::{ConfigError, Environment, File, Lookup, RunSettings};
use crate::hash::first_64_bits;
use crate::iteration::{Progress, install_panic_hook, now_ms};
use crate::journal;
use crate::limits::{self, RunLimits};
use crate::record::{GitState, ProcessRecord, RunId, TestId};
use crate::{price, redact};

/// What holds for every test of this process.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) settings: RunSettings,
    /// What results are compared with.
    pub(super) baseline: Option<BaselineSource>,
    /// A fork of this process is not this process: its exit is none of ours.
    pub(super) pid: u32,
    /// Read once: a test that changes a variable changes no other test.
    pub(super) environment: Environment,
    pub(super) file: File,
    pub(super) run: RunId,
    pub(super) runner: Runner,
    pub(super) rerun: u32,
    pub(super) seed: u64,
    pub(super) resumed: Option<Resumed>,
    /// Paths below it are shown from here, relative settings are resolved against it.
    pub(super) workspace: PathBuf,
    /// The folder of the test's package.
    pub(super) package: PathBuf,
    /// The folder of the outputs.
    pub(super) dir: PathBuf,
    /// The run's folder, `<dir>/runs/<run>`.
    pub(super) run_dir: PathBuf,
    /// `None` when the run's folder cannot be written.
    pub(super) live: Option<Live>,
    /// `None` but in the first process of the run.
    pub(super) aside: Option<Aside>,
    pub(super) tests: Mutex<Tests>,
}

/// The tests that began in this process.
#[derive(Debug, Default)]
pub(super) struct Tests {
    pub(super) begun: Vec<TestId>,
    pub(super) concluded: usize,
    /// Iterations of the concluded tests, for the run's gate: it holds when no journal can be written.
    pub(super) passed: u64,
    pub(super) graded: u64,
}

static PROCESS: OnceCell<Process> = OnceCell::new();

impl Process {
    /// The process, started by its first test.
    ///
    /// # Errors
    /// A setting that cannot be read.
    pub(super) fn get(spec: &TestSpec) -> Result<&'static Process, ConfigError> {
        PROCESS.get_or_try_init(|| start(spec))
    }

    /// The process, if a test began in it.
    pub(super) fn started() -> Option<&'static Process> {
        PROCESS.get()
    }

    /// How often a slow test says how far it is.
    pub(super) fn progress(&self) -> Progress {
        let every = match self.runner {
            Runner::Nextest => None,
            _ if std::io::stderr().is_terminal() => Some(Duration::from_secs(2)),
            _ => Some(Duration::from_secs(60)),
        };
        Progress { every }
    }
}

fn start(spec: &TestSpec) -> Result<Process, ConfigError> {
    let environment = Environment::of_process();
    let mut warnings: Vec<_> = environment.check()?.into_iter().map(|message| ("unknown_variable", message)).collect();
    let places = Places::of_package(spec.manifest_dir);
    let file = File::nearest(&places.package)?;
    let settings = RunSettings::resolve(Lookup::new(&environment, &file))?;
    let prices = apply(&settings, &places)?;
    let baseline = BaselineSource::load(&settings, &places, spec.package)?;
    let dir = output_folder(settings.dir.as_deref(), &places);
    let Named { runner, run, seed, resumed, built_at_ms } = Named::of(&settings, &dir, spec)?;
    if let Some(resumed) = &resumed {
        warnings.extend(resumed.warnings.iter().map(|message| ("resume", message.clone())));
    }
    let identity = Identity { started_at_ms: now_ms(), built_at_ms, git: git::state(&places.package), prices };
    let process = Process {
        settings,
        baseline,
        pid: std::process::id(),
        environment,
        file,
        run_dir: dir.join("runs").join(&run.0),
        run,
        runner,
        rerun: rerun(),
        seed,
        resumed,
        workspace: places.workspace,
        package: places.package,
        dir,
        live: None,
        aside: None,
        tests: Mutex::default(),
    };
    Ok(process.open(spec, identity, &warnings))
}

/// Which run this is, and what it goes on with.
struct Named {
    runner: Runner,
    run: RunId,
    seed: u64,
    resumed: Option<Resumed>,
    built_at_ms: Option<u64>,
}

impl Named {
    fn of(settings: &RunSettings, dir: &Path, spec: &TestSpec) -> Result<Named, ConfigError> {
        let runner = Runner::of_process();
        let run = run_id(settings.run_id.as_deref(), &runner);
        let built_at_ms = built_at_ms();
        let own = Resuming { run: &run, package: spec.package, target: &target(spec), built_at_ms };
        let resumed = settings.resume.as_deref().map(|id| Resumed::read(dir, id, &own)).transpose()?;
        let seed = match (settings.seed, &resumed) {
            (Some(seed), Some(resumed)) if seed != resumed.seed => return Err(resumed.other_seed(seed)),
            (Some(seed), _) => seed,
            (None, Some(resumed)) => resumed.seed,
            (None, None) => first_64_bits(&[&run.0]),
        };
        Ok(Named { runner, run, seed, resumed, built_at_ms })
    }
}

fn built_at_ms() -> Option<u64> {
    let built = std::env::current_exe().and_then(std::fs::metadata).and_then(|data| data.modified()).ok()?;
    u64::try_from(built.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

impl Process {
    /// Enters the run's folder and says so in the journal.
    fn open(mut self, spec: &TestSpec, identity: Identity, warnings: &[(&'static str, String)]) -> Process {
        let name = format!("{}-{}-{}", crate_name(spec), self.pid, identity.started_at_ms);
        LOG.open(&self.run_dir, &name);
        limits::install(RunLimits {
            folder: self.run_dir.clone(),
            max_in_flight: self.settings.max_in_flight,
            max_cost: self.settings.max_cost,
            max_duration: self.settings.max_duration,
            now_ms: identity.started_at_ms,
        });
        self.live = Live::enter(&self.run_dir).ok();
        let git = identity.git.clone();
        LOG.append(journal::PROCESS_STARTED, &record(&self, spec, name, identity));
        let resumed = self.resumed.as_ref().map(|resumed| resumed.folder().to_owned());
        let used = std::iter::once(self.run_dir.clone()).chain(resumed).collect();
        self.aside = Aside::start(&self.dir, used, self.package.clone(), git);
        listen(warnings);
        self
    }
}

/// Puts the settings of secrets, prices, judges and cassettes into force. Returns where the prices come from.
fn apply(settings: &RunSettings, places: &Places) -> Result<String, ConfigError> {
    redact::register_environment();
    redact::add_patterns(&settings.redact.texts)
        .map_err(|error| ConfigError { origin: settings.redact.origin.clone(), message: error.to_string() })?;
    set_models(settings.judge_model.clone(), settings.model.clone());
    cassettes::apply(settings)?;
    load_prices(settings, places)
}

/// From here on warnings are recorded, panics caught, and the exit reports.
fn listen(warnings: &[(&'static str, String)]) {
    set_warning_sink(Box::new(|code, message| LOG.warn(code, message)));
    set_setup_sink(Box::new(|setup, texts| LOG.setup(setup, texts)));
    for (code, message) in warnings {
        warn(code, message);
    }
    install_panic_hook();
    exit::arm();
}

struct Identity {
    started_at_ms: u64,
    built_at_ms: Option<u64>,
    git: Option<GitState>,
    prices: String,
}

fn record(process: &Process, spec: &TestSpec, name: String, identity: Identity) -> ProcessRecord {
    let command: Vec<String> = std::env::args().collect();
    ProcessRecord {
        process: name,
        run: process.run.clone(),
        started_at_ms: identity.started_at_ms,
        finished_at_ms: None,
        package: spec.package.to_owned(),
        target: target(spec),
        runner: process.runner.name().to_owned(),
        command: redact::redact(&command.join(" ")),
        built_at_ms: identity.built_at_ms,
        rerun: process.rerun,
        seed: process.seed,
        resumes: process.resumed.as_ref().map(|resumed| resumed.run.clone()),
        report_only: process.settings.report_only,
        min_pass_rate: process.settings.min_pass_rate,
        git: identity.git,
        host: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        aitest: env!("CARGO_PKG_VERSION").to_owned(),
        prices: identity.prices,
        settings: process.settings.settings.clone(),
    }
}

/// The crate of the test binary. A package's library, binary and integration test may all have the same.
pub(super) fn crate_name(spec: &TestSpec) -> &'static str {
    spec.module_path.split("::").next().unwrap_or(spec.module_path)
}

/// The Cargo target: `banking`, `bin/banking-mcp`, `test/transfers`.
pub(super) fn target(spec: &TestSpec) -> String {
    match spec.bin {
        Some(bin) => format!("bin/{bin}"),
        None if spec.is_integration => format!("test/{}", crate_name(spec)),
        None => crate_name(spec).to_owned(),
    }
}

/// The user's price file, or the nearest `pricing.toml` upward.
fn load_prices(settings: &RunSettings, places: &Places) -> Result<String, ConfigError> {
    let nearest = || places.package.ancestors().map(|folder| folder.join("pricing.toml")).find(|path| path.is_file());
    let given = settings.prices.as_ref().map(|path| places.workspace.join(path));
    if let Some(path) = given.or_else(nearest) {
        let prices = price::load_overrides(&path).map_err(|error| price_error(&path, &error))?;
        price::install(prices);
    }
    Ok(price::source().to_owned())
}

fn price_error(path: &Path, error: &dyn std::error::Error) -> ConfigError {
    ConfigError { origin: path.display().to_string(), message: error.to_string() }
}
