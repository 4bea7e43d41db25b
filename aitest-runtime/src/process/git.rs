use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::record::GitState;

/// Commit and branch of the repository around `folder`, read from `.git`; whether files differ is left open.
pub(super) fn state(folder: &Path) -> Option<GitState> {
    let dot_git = folder.ancestors().map(|folder| folder.join(".git")).find(|path| path.exists())?;
    let git_dir = git_dir(&dot_git)?;
    let head = std::fs::read_to_string(git_dir.join("HEAD")).ok()?;
    let head = head.trim();
    let Some(reference) = head.strip_prefix("ref: ") else {
        return Some(GitState { commit: head.to_owned(), branch: None, dirty: None });
    };
    let branch = reference.strip_prefix("refs/heads/").map(str::to_owned);
    Some(GitState { commit: commit(&git_dir, reference)?, branch, dirty: None })
}

/// Asks `git` for the tracked files that differ from the commit, which takes a while in a large repository. `None`
/// without git.
pub(super) fn ask(folder: &Path) -> Option<Child> {
    Command::new("git")
        .args(["status", "--porcelain", "--untracked-files=no"])
        .current_dir(folder)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}

/// Whether its answer lists any. `None` when it cannot be read.
pub(super) fn lists_files(mut answer: ChildStdout) -> Option<bool> {
    let listed = std::io::copy(&mut answer, &mut std::io::sink()).ok()?;
    Some(listed > 0)
}

/// In a worktree or submodule `.git` is a file that names the folder.
fn git_dir(dot_git: &Path) -> Option<PathBuf> {
    if dot_git.is_dir() {
        return Some(dot_git.to_owned());
    }
    let text = std::fs::read_to_string(dot_git).ok()?;
    let path = text.trim().strip_prefix("gitdir: ")?;
    Some(dot_git.parent()?.join(path))
}

fn commit(git_dir: &Path, reference: &str) -> Option<String> {
    let common = std::fs::read_to_string(git_dir.join("commondir")).map(|path| git_dir.join(path.trim()));
    for folder in [git_dir.to_owned(), common.unwrap_or_else(|_| git_dir.to_owned())] {
        if let Ok(commit) = std::fs::read_to_string(folder.join(reference)) {
            return Some(commit.trim().to_owned());
        }
        let packed = std::fs::read_to_string(folder.join("packed-refs")).unwrap_or_default();
        let line = packed.lines().find_map(|line| line.strip_suffix(reference).map(str::trim));
        if let Some(commit) = line {
            return Some(commit.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commit_and_branch_are_read_from_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let git = folder.path().join(".git");
        std::fs::create_dir_all(git.join("refs/heads")).unwrap();
        std::fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        std::fs::write(git.join("packed-refs"), "# pack-refs\nabc123 refs/heads/main\n").unwrap();
        let state = state(folder.path()).unwrap();
        assert_eq!((state.commit.as_str(), state.branch.as_deref()), ("abc123", Some("main")));
        std::fs::write(git.join("refs/heads/main"), "def456\n").unwrap();
        assert_eq!(super::state(folder.path()).unwrap().commit, "def456", "a loose reference is newer");
        std::fs::write(git.join("HEAD"), "0123\n").unwrap();
        assert_eq!(super::state(folder.path()).unwrap().branch, None, "a detached head has no branch");
    }
}
