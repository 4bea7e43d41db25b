use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// The process group of a child, which is its process id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Group(pub(crate) libc::pid_t);

impl Group {
    /// Asks the group to end.
    pub(crate) fn terminate(self) {
        self.signal(libc::SIGTERM);
    }

    /// Ends the group.
    pub(crate) fn kill(self) {
        self.signal(libc::SIGKILL);
    }

    /// A group that is gone is no error.
    fn signal(self, signal: libc::c_int) {
        // SAFETY: `kill` touches no memory.
        unsafe { libc::kill(-self.0, signal) };
    }

    /// How the group's leader ended, if it did. It is not reaped, so its number stays its own: signals to the group
    /// cannot reach anybody else.
    pub(crate) fn exit_status(self) -> Option<ExitStatus> {
        let info = self.wait(libc::WEXITED | libc::WNOHANG | libc::WNOWAIT).ok()?;
        // SAFETY: `waitid` has filled `info`; for an ended child these fields are the valid ones.
        let (pid, status) = unsafe { (info.si_pid(), info.si_status()) };
        if pid == 0 {
            return None;
        }
        // The encoding of `wait`: the exit code in the second byte, a signal in the first.
        Some(ExitStatus::from_raw(if info.si_code == libc::CLD_EXITED { (status & 0xff) << 8 } else { status & 0x7f }))
    }

    /// Reaps the leader if it has ended.
    pub(crate) fn reap(self) {
        let _ = self.wait(libc::WEXITED | libc::WNOHANG);
    }

    fn wait(self, options: libc::c_int) -> io::Result<libc::siginfo_t> {
        let id = libc::id_t::try_from(self.0).map_err(io::Error::other)?;
        // SAFETY: all zeros is a valid `siginfo_t`, and what `waitid` leaves when no child has ended.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        // SAFETY: `info` outlives the call.
        match unsafe { libc::waitid(libc::P_PID, id, &raw mut info, options) } {
            0 => Ok(info),
            _ => Err(io::Error::last_os_error()),
        }
    }
}
