use std::ffi::{OsStr, OsString};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// What `command` is to be spawned as: a bare name that Cargo built a binary of is that binary, and any other is left
/// for `PATH`. A relative path is the test's, not that of the folder the child runs in.
pub(crate) fn program(command: &str) -> OsString {
    resolve(command, &|name| std::env::var_os(name))
}

/// The file that `command` is, a bare name being looked up in the folders of `path`.
pub(crate) fn find(command: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    let program = program(command);
    if Path::new(&program).is_absolute() {
        return with_ending(Path::new(&program));
    }
    let found = std::env::split_paths(path?).find_map(|folder| with_ending(&folder.join(&program)))?;
    std::path::absolute(found).ok()
}

/// Why there is no `command`, and where it was looked for.
pub(crate) fn not_found(command: &str) -> String {
    match has_separator(command) {
        true => format!("command `{command}` not found: there is no such file"),
        false => format!(
            "command `{command}` not found: it is neither a binary of this package (NEXTEST_BIN_EXE_{command}, \
             CARGO_BIN_EXE_{command}) nor on PATH"
        ),
    }
}

fn resolve(command: &str, env: &dyn Fn(&str) -> Option<OsString>) -> OsString {
    if has_separator(command) {
        return std::path::absolute(Path::new(command)).map_or_else(|_| command.into(), Into::into);
    }
    let names = [command.to_owned(), command.replace('-', "_")];
    let variables =
        ["NEXTEST_BIN_EXE_", "CARGO_BIN_EXE_"].iter().flat_map(|kind| names.iter().map(move |name| (kind, name)));
    variables
        .map(|(kind, name)| format!("{kind}{name}"))
        .find_map(|variable| env(&variable))
        .unwrap_or_else(|| command.into())
}

fn has_separator(command: &str) -> bool {
    command.contains(['/', MAIN_SEPARATOR])
}

/// `file`, or on Windows the first that is `file` with an ending of programs.
fn with_ending(file: &Path) -> Option<PathBuf> {
    const ENDINGS: &[&str] = if cfg!(windows) { &["", ".exe", ".com", ".cmd", ".bat"] } else { &[""] };
    let named = |ending: &&str| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    ENDINGS.iter().map(named).find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// A file without an ending is a script of another system.
#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file() && file.extension().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_cargos_binary_first() {
        let env =
            |set: &'static [&str]| move |name: &str| set.contains(&name).then(|| OsString::from(format!("/{name}")));
        assert_eq!(resolve("bank-mcp", &env(&[])), "bank-mcp");
        assert_eq!(resolve("bank-mcp", &env(&["CARGO_BIN_EXE_bank-mcp"])), "/CARGO_BIN_EXE_bank-mcp");
        let both = env(&["CARGO_BIN_EXE_bank-mcp", "NEXTEST_BIN_EXE_bank_mcp"]);
        assert_eq!(resolve("bank-mcp", &both), "/NEXTEST_BIN_EXE_bank_mcp");
        assert_eq!(resolve("/bin/bank-mcp", &both), "/bin/bank-mcp");
        assert!(Path::new(&resolve("./bank-mcp", &both)).is_absolute());
    }

    #[cfg(unix)]
    #[test]
    fn programs_are_found_on_the_path_in_its_order() {
        use std::os::unix::fs::PermissionsExt;
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let files = folders.each_ref().map(|folder| folder.path().join("bank"));
        for (file, mode) in files.iter().zip([0o644, 0o755, 0o755]) {
            std::fs::write(file, "").unwrap();
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let path = std::env::join_paths(folders.iter().map(tempfile::TempDir::path)).unwrap();
        assert_eq!(find("bank", Some(&path)), Some(files[1].clone()), "the first is not executable");
        assert_eq!(find(&files[2].display().to_string(), None), Some(files[2].clone()));
        assert_eq!(find(&files[0].display().to_string(), Some(&path)), None);
        assert_eq!(find("bank", None), None);
        assert_eq!(find("", Some(&path)), None);
    }
}
