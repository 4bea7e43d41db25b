use std::path::{Path, PathBuf};

/// Where the test's package and workspace are on this machine.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub(super) package: PathBuf,
    /// The nearest folder upward with a `Cargo.lock`.
    pub(super) workspace: PathBuf,
}

impl Places {
    /// `compiled` is the package's folder when the test was built: stale in an archive that runs elsewhere.
    pub(super) fn of_package(compiled: &str) -> Self {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(compiled)).filter(|path| path.is_dir()))
            .or_else(|| std::env::current_dir().ok())
            .unwrap_or_default();
        let workspace = package.ancestors().find(|folder| folder.join("Cargo.lock").is_file()).unwrap_or(&package);
        Places { workspace: workspace.to_owned(), package: package.clone() }
    }
}

/// The folder of all outputs: a pure function of environment and executable, the same for every process of a run.
pub(super) fn output_folder(given: Option<&Path>, places: &Places) -> PathBuf {
    if let Some(folder) = given {
        return places.workspace.join(folder);
    }
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let tagged = std::env::current_exe().ok().and_then(|exe| {
        exe.ancestors().skip(1).find(|folder| folder.join("CACHEDIR.TAG").is_file()).map(Path::to_owned)
    });
    let target = variable("CARGO_TARGET_DIR")
        .map(|folder| places.workspace.join(folder))
        .or(tagged)
        // A nextest archive is unpacked into a folder without a tag, which is deleted afterwards.
        .or_else(|| variable("NEXTEST_WORKSPACE_ROOT").map(|root| root.join("target")))
        .unwrap_or_else(|| places.workspace.join("target"));
    target.join("aitest")
}
