use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::earlier;
use super::folder::{Places, output_folder};
use super::render::replace;
use super::run_id::Runner;
use super::start::Process;
use crate::config::{ConfigError, OutputFile, RunSettings};
use crate::record::{TestId, Warning};
use crate::report::{Baseline, BaselineError, Beside, GateResult, Results};

/// What `AITEST_BASELINE` names.
#[derive(Debug)]
pub(super) enum BaselineSource {
    /// A file, read when the process began: one that cannot be read fails the tests, it is never passed over.
    File { baseline: Box<Baseline>, path: String },
    /// The newest finished result of each test in an earlier kept run.
    Latest,
}

impl BaselineSource {
    /// The baseline of the settings, for tests of `package`. A partial run is compared with nothing.
    ///
    /// # Errors
    /// The file cannot be read, or is no baseline of this workspace.
    pub(super) fn load(settings: &RunSettings, places: &Places, package: &str) -> Result<Option<Self>, ConfigError> {
        let Some(given) = settings.baseline.as_deref().filter(|_| !settings.partial) else { return Ok(None) };
        if given == "latest" {
            return Ok(Some(BaselineSource::Latest));
        }
        let path = places.workspace.join(given);
        let origin = settings.settings.iter().find(|setting| setting.name == "baseline");
        let error = |message: String| ConfigError {
            origin: origin.map_or("baseline", |setting| &setting.origin).to_owned(),
            message: format!("{}: {message}", path.display()),
        };
        let text = std::fs::read_to_string(&path).map_err(|io| {
            error(format!("cannot be read: {io}; write a path from the workspace's folder, or latest"))
        })?;
        let baseline = Baseline::parse(&text).map_err(|wrong| error(wrong.to_string()))?;
        if is_own_output(&path, settings, places) {
            return Err(error("this run writes its results there: copy the file, and name the copy".to_owned()));
        }
        check_project(&baseline, &places.workspace, package).map_err(|wrong| error(wrong.to_string()))?;
        Ok(Some(BaselineSource::File { baseline: Box::new(baseline), path: given.to_owned() }))
    }
}

/// Whether the results of this run replace the file: what is compared with would be the run itself.
fn is_own_output(path: &Path, settings: &RunSettings, places: &Places) -> bool {
    let output = match &settings.json {
        OutputFile::InDir => output_folder(settings.dir.as_deref(), places).join("results.json"),
        OutputFile::Path(path) => places.workspace.join(path),
        OutputFile::Off => return false,
    };
    let resolved = |path: &Path| path.canonicalize().ok();
    resolved(path).is_some_and(|path| Some(path) == resolved(&output))
}

/// At least one test must be of a package of this workspace.
fn check_project(baseline: &Baseline, workspace: &Path, package: &str) -> Result<(), BaselineError> {
    let lock = std::fs::read_to_string(workspace.join("Cargo.lock")).unwrap_or_default();
    let mut members = members(&lock);
    members.insert(package);
    if baseline.tests.iter().any(|test| members.contains(test.package.as_str())) {
        return Ok(());
    }
    let mut found: Vec<String> = baseline.tests.iter().map(|test| test.package.clone()).collect();
    found.sort_unstable();
    found.dedup();
    Err(BaselineError::OtherProject { found, package: package.to_owned() })
}

/// The packages of a `Cargo.lock` that come from no registry: the workspace's.
fn members(lock: &str) -> HashSet<&str> {
    let packages = lock.split("[[package]]").skip(1).filter(|package| !package.contains("\nsource = "));
    packages.filter_map(|package| package.split("name = \"").nth(1)?.split('"').next()).collect()
}

impl Process {
    /// Leaves the run's counts to later runs. Without them its journals are read.
    pub(super) fn leave_baseline(&self, results: &Results<'_>) {
        let baseline = Baseline::of(results);
        let path = self.run_dir.join(earlier::FILE);
        let _ = replace(&path, |out| serde_json::to_writer(out, &baseline).map_err(Into::into));
    }

    /// Adds what changed since the baseline; without one the earlier result of each test that did not pass. `own` says
    /// that `results` are this process's alone, which its gate is judged by.
    pub(super) fn compare(&self, results: &mut Results<'_>, own: bool) {
        if self.settings.partial {
            return;
        }
        let shared = results.kept_from();
        if let Some(BaselineSource::File { baseline, .. }) = &self.baseline
            && let Some(run) = baseline.run.as_deref().filter(|run| shared.contains(*run))
        {
            let message = format!(
                "the baseline is run {run}, and so are iterations that this run keeps: what changed looks smaller than \
                 it is; compare with another one"
            );
            results.warnings.push(Warning { code: "baseline_is_resumed".to_owned(), message });
        }
        let latest;
        let (baseline, source) = match &self.baseline {
            None => return self.add_previous(results),
            Some(BaselineSource::File { baseline, path }) => (&**baseline, path.as_str()),
            Some(BaselineSource::Latest) => {
                latest = earlier::latest(&self.earlier_runs(results), results);
                (&latest, "latest")
            }
        };
        // A process with one test knows how many are judged beside it from the baseline alone.
        let judged_apart = own && self.runner == Runner::Nextest;
        results.compare_with(&Beside {
            baseline,
            source,
            family: if judged_apart { baseline.tests.len() as u64 } else { 0 },
            fail_on_regression: self.settings.fail_on_regression,
        });
    }

    /// Earlier runs with no iteration in common: the same ones on both sides would hide a change.
    fn earlier_runs(&self, results: &Results<'_>) -> Vec<PathBuf> {
        let shared = results.kept_from();
        let mut runs = earlier::runs(&self.dir, &self.run_dir);
        runs.retain(|run| run.file_name().and_then(|name| name.to_str()).is_none_or(|name| !shared.contains(name)));
        runs
    }

    fn add_previous(&self, results: &mut Results<'_>) {
        let wanted: HashSet<TestId> = results.not_passing().collect();
        if !wanted.is_empty() {
            let found = earlier::newest(&self.earlier_runs(results), &wanted, results.run.started_at.as_deref());
            results.add_previous(&found);
        }
    }

    /// The words for a regression that fails this process, or for a gate that cannot be judged.
    pub(super) fn missed_regression(&self, own: Option<&Results<'_>>) -> Option<String> {
        if !self.settings.fail_on_regression || self.settings.report_only || self.settings.partial {
            return None;
        }
        let gate = own.and_then(|results| results.baseline.as_ref()?.gate.as_ref());
        let message = match gate {
            Some(gate) if gate.result.known() == Some(GateResult::Met) => return None,
            Some(gate) => &gate.message,
            None => "this process's journal cannot be read",
        };
        Some(format!("gate:   {message}; AITEST_FAIL_ON_REGRESSION is set: exit code 101\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"bank\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"serde\"\n\
                        version = \"1.0.0\"\nsource = \"registry+https://example.org\"\n";

    #[test]
    fn a_workspace_s_packages_have_no_source() {
        assert_eq!(members(LOCK), HashSet::from(["bank"]));
        assert!(members("").is_empty());
    }

    #[test]
    fn a_baseline_of_another_project_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Cargo.lock"), LOCK).unwrap();
        let baseline = |package: &str| {
            let test =
                format!(r#"{{"id": "01", "package": "{package}", "target": "t", "path": "p", "passed": 1, "n": 1}}"#);
            Baseline::parse(&format!(r#"{{"schema": "aitest.baseline/1", "tests": [{test}]}}"#)).unwrap()
        };
        for of_here in ["bank", "bank-tests"] {
            assert!(check_project(&baseline(of_here), folder.path(), "bank-tests").is_ok(), "{of_here}");
        }
        let error = check_project(&baseline("shop"), folder.path(), "bank-tests").unwrap_err().to_string();
        assert!(error.contains("its tests are of `shop`, and none of `bank-tests`"), "{error}");
        assert!(check_project(&baseline("serde"), folder.path(), "bank-tests").is_err(), "a dependency is no project");
    }
}
