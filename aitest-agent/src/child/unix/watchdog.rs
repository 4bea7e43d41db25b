use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use super::signal::Group;

/// Reads `+GROUP` and `-GROUP`. At end of file, when this process is gone, ends the groups that are left.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
groups=' '
while read -r line; do
  case $line in
    +*) groups="$groups${line#+} " ;;
    -*) groups="${groups%% ${line#-} *} ${groups#* ${line#-} }" ;;
  esac
done
for group in $groups; do kill -s TERM -- "-$group"; done
case $groups in *[0-9]*) sleep 0.2 ;; esac
for group in $groups; do kill -s KILL -- "-$group"; done
"#;

static PIPE: Mutex<Option<ChildStdin>> = Mutex::new(None);

/// Starts the watchdog. Without a shell there is none: then a killed process leaves those children behind that ignore
/// the end of their input.
pub(crate) fn start() {
    let watchdog = Command::new("/bin/sh")
        .args(["-c", SCRIPT, "aitest-watchdog"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .current_dir("/")
        .process_group(0)
        .spawn();
    if let Ok(mut watchdog) = watchdog {
        *PIPE.lock().unwrap_or_else(PoisonError::into_inner) = watchdog.stdin.take();
    }
}

/// Tells the watchdog of a group that began (`+`) or is gone (`-`).
pub(crate) fn tell(sign: char, group: Group) {
    if let Some(pipe) = PIPE.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        let _ = pipe.write_all(format!("{sign}{}\n", group.0).as_bytes());
    }
}
