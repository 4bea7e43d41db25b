use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::live;
use crate::journal::read_run;
use crate::record::{RunId, TestId};
use crate::report::{BASELINE_SCHEMA, Baseline, BaselineTest, Results};

/// What each run leaves in its folder for later ones: counts and costs, without reading its journals again.
pub(super) const FILE: &str = "baseline.json";

/// The runs of the output folder `dir` that are kept, but for `own`, the newest first.
pub(super) fn runs(dir: &Path, own: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir.join("runs")) else { return Vec::new() };
    let mut runs: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let is_other = path != own && live::is_run(&path);
            is_other.then(|| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))?
        })
        .collect();
    runs.sort_by(|a, b| b.cmp(a));
    runs.into_iter().map(|(_, path)| path).collect()
}

/// What the run in `folder` left; from its journals when it was killed before it could write that. `None` when nothing
/// can be read, and of a run that began after `before`.
fn baseline_of(folder: &Path, before: Option<&str>) -> Option<Baseline> {
    let baseline = written(folder).or_else(|| {
        let id = RunId(folder.file_name()?.to_str()?.to_owned());
        let run = read_run(folder, &id).ok()?;
        Some(Baseline::of(&Results::from_run(&run)))
    })?;
    let is_earlier = before.is_none_or(|before| baseline.started_at.as_deref().is_some_and(|began| began <= before));
    is_earlier.then_some(baseline)
}

/// The file, unless a journal went on after it.
fn written(folder: &Path) -> Option<Baseline> {
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    let path = folder.join(FILE);
    let at = modified(&path)?;
    let journals = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut journals = journals.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    if journals.any(|journal| modified(&journal).is_some_and(|later| later > at)) {
        return None;
    }
    let baseline: Baseline = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
    (baseline.schema == BASELINE_SCHEMA).then_some(baseline)
}

/// Of each test its newest finished result in an earlier run. A test that `results` does not have is in it only when it
/// is of the newest run of its target: what was removed long ago is not removed again.
pub(super) fn latest(runs: &[PathBuf], results: &Results<'_>) -> Baseline {
    let here: HashSet<TestId> = results.tests.iter().map(|test| test.id).collect();
    let mut seen = HashSet::new();
    let mut targets: HashSet<[String; 2]> = HashSet::new();
    let mut latest = Baseline { schema: BASELINE_SCHEMA.to_owned(), ..Baseline::default() };
    for earlier in runs.iter().filter_map(|run| baseline_of(run, results.run.started_at.as_deref())) {
        let target = |test: &BaselineTest| [test.package.clone(), test.target.clone()];
        let of_run: HashSet<[String; 2]> = earlier.tests.iter().map(target).collect();
        for test in earlier.tests {
            if (here.contains(&test.id) || !targets.contains(&target(&test))) && seen.insert(test.id) {
                latest.tests.push(BaselineTest { run: earlier.run.clone(), ..test });
            }
        }
        targets.extend(of_run);
        let known: HashSet<String> = latest.setups.iter().map(|setup| setup.id.to_string()).collect();
        latest.setups.extend(earlier.setups.into_iter().filter(|setup| !known.contains(setup.id.as_ref())));
    }
    latest
}

/// The newest finished results of `wanted`; as many runs are read as that takes.
pub(super) fn newest(runs: &[PathBuf], wanted: &HashSet<TestId>, before: Option<&str>) -> Vec<BaselineTest> {
    let mut found: Vec<BaselineTest> = Vec::new();
    for run in runs {
        if found.len() == wanted.len() {
            break;
        }
        let Some(earlier) = baseline_of(run, before) else { continue };
        let known: HashSet<TestId> = found.iter().map(|test| test.id).collect();
        let of_run = earlier.tests.into_iter().filter(|test| wanted.contains(&test.id) && !known.contains(&test.id));
        found.extend(of_run.map(|test| BaselineTest { run: earlier.run.clone(), ..test }));
    }
    found
}
