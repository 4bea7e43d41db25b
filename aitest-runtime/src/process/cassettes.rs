use std::path::{Path, PathBuf};

use super::parts::parts;
use super::spec::TestSpec;
use crate::collector::{CassettePlace, set_cassette_mode};
use crate::config::{ConfigError, RunSettings};
use crate::hash::first_64_bits;
use crate::record::CassetteMode;

/// Most bytes of a folder's name: file systems take 255.
const LONGEST_NAME: usize = 120;

/// Puts the mode into force.
///
/// # Errors
/// Cassettes are asked for and not compiled in.
pub(super) fn apply(settings: &RunSettings) -> Result<(), ConfigError> {
    if settings.cassettes != CassetteMode::Off && parts().end_cassette.is_none() {
        let setting = settings.settings.iter().find(|setting| setting.name == "cassettes");
        let origin = setting.map_or_else(|| "cassettes".to_owned(), |setting| setting.origin.clone());
        let message = format!(
            "`{}` needs cassettes, which are not compiled in: add the feature `cassette` to aitest in Cargo.toml",
            settings.cassettes
        );
        return Err(ConfigError { origin, message });
    }
    set_cassette_mode(settings.cassettes);
    Ok(())
}

/// Where a test's cassettes are: beside its source file, in `cassettes/MODULE__TEST`, as insta keeps snapshots.
pub(super) fn place(spec: &TestSpec, case: Option<&str>, package: &Path, workspace: &Path) -> CassettePlace {
    let source = source(spec.file, package, workspace);
    let folder = source.parent().unwrap_or(package).join("cassettes").join(name(spec.module_path, spec.name, case));
    CassettePlace::new(folder, workspace)
}

/// The compiler names files from where Cargo ran it: the workspace of the test's package.
fn source(file: &str, package: &Path, workspace: &Path) -> PathBuf {
    let mut roots = std::iter::once(workspace).chain(package.ancestors());
    let found = roots.find(|root| root.join(file).is_file());
    found.unwrap_or(package).join(file)
}

/// `MODULE__TEST__CASE`. What cannot stand in a file's name is replaced, and told apart by a hash.
fn name(module: &str, test: &str, case: Option<&str>) -> String {
    let module = module.replace("::", "__");
    let whole: Vec<&str> = [module.as_str(), test].into_iter().chain(case).collect();
    let whole = whole.join("__");
    let safe = |c: char| if c.is_alphanumeric() || "_-.+".contains(c) { c } else { '_' };
    let mut name: String = whole.chars().map(safe).collect();
    if name == whole && name.len() <= LONGEST_NAME {
        return name;
    }
    let hash = format!("-{:016x}", first_64_bits(&[&whole]));
    while name.len() > LONGEST_NAME - hash.len() {
        name.pop();
    }
    name + &hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_as_a_snapshot_is() {
        assert_eq!(name("banking", "transfer", None), "banking__transfer");
        assert_eq!(name("banking::money", "transfer", Some("gpt_5_mini")), "banking__money__transfer__gpt_5_mini");
    }

    #[test]
    fn a_case_leads_out_of_no_folder() {
        let all =
            ["../../etc", "..", "a/b", "a_b", "a\\b", "a\0b", "C:x", "gpt-5.1", &"x".repeat(400), &"y".repeat(400)];
        let names: Vec<String> = all.iter().map(|case| name("m", "t", Some(case))).collect();
        for name in &names {
            let parts = Path::new(name).components().count();
            assert!(parts == 1 && name.len() <= LONGEST_NAME && name.starts_with("m__t__"), "{name}");
        }
        let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(names[7], "m__t__gpt-5.1");
    }

    #[test]
    fn the_source_is_found_from_the_workspace_or_above_the_package() {
        let root = tempfile::tempdir().unwrap();
        let package = root.path().join("crates/bank");
        std::fs::create_dir_all(package.join("tests")).unwrap();
        std::fs::write(package.join("tests/bank.rs"), "").unwrap();
        let found = package.join("tests/bank.rs");
        assert_eq!(source("crates/bank/tests/bank.rs", &package, root.path()), found);
        assert_eq!(source("crates/bank/tests/bank.rs", &package, &package), found, "an excluded package's lock file");
        assert_eq!(source("tests/bank.rs", &package, root.path()), found);
        assert_eq!(source("tests/gone.rs", &package, root.path()), package.join("tests/gone.rs"));
    }
}
