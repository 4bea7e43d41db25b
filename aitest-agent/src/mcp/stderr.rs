use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use regex_lite::Regex;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;
use tokio::task::JoinHandle;

const KEPT: usize = 64 * 1024;
/// How long the end of the text is waited for once the server is gone.
const END_BOUND: Duration = Duration::from_millis(200);

/// The last 64 KiB of a server's standard error, read while the server runs.
pub(crate) struct StderrTail {
    shared: Arc<Shared>,
    state: watch::Receiver<State>,
    reader: JoinHandle<()>,
}

struct Shared {
    tail: Mutex<Tail>,
    pattern: Option<Regex>,
}

#[derive(Default)]
struct Tail {
    bytes: Vec<u8>,
    /// Where the line begins that is not complete yet.
    line: usize,
    /// Whether the beginning is gone.
    cut: bool,
}

#[derive(Clone, Copy, Default)]
struct State {
    matched: bool,
    ended: bool,
}

impl StderrTail {
    /// Reads `stderr` to its end. `pattern` is what [`matched`](StderrTail::matched) waits for.
    pub(crate) fn read(stderr: impl AsyncRead + Send + Unpin + 'static, pattern: Option<Regex>) -> Self {
        let (sender, state) = watch::channel(State::default());
        let shared = Arc::new(Shared { tail: Mutex::default(), pattern });
        let reader = tokio::spawn(Arc::clone(&shared).read(stderr, sender));
        StderrTail { shared, state, reader }
    }

    /// What was read so far.
    pub(crate) fn text(&self) -> String {
        self.shared.lock().text()
    }

    /// The whole text of a server that is gone. A grandchild may hold the pipe open, so not for long.
    pub(crate) async fn last_text(&self) -> String {
        let mut state = self.state.clone();
        let _ = tokio::time::timeout(END_BOUND, state.wait_for(|state| state.ended)).await;
        self.text()
    }

    /// Waits for a line that matches; `false` when the text ends without one.
    pub(crate) async fn matched(&self) -> bool {
        let mut state = self.state.clone();
        state.wait_for(|state| state.matched || state.ended).await.is_ok_and(|state| state.matched)
    }
}

impl Drop for StderrTail {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Shared {
    async fn read(self: Arc<Self>, mut stderr: impl AsyncRead + Unpin, state: watch::Sender<State>) {
        let mut chunk = [0; 4096];
        while let Ok(length @ 1..) = stderr.read(&mut chunk).await {
            if self.lock().push(&chunk[..length], self.pattern.as_ref()) {
                state.send_modify(|state| state.matched = true);
            }
        }
        let matched = self.lock().end(self.pattern.as_ref());
        state.send_modify(|state| *state = State { matched: state.matched || matched, ended: true });
    }

    fn lock(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tail {
    /// Adds `bytes`; whether a line that they complete matches.
    fn push(&mut self, bytes: &[u8], pattern: Option<&Regex>) -> bool {
        self.bytes.extend_from_slice(bytes);
        let mut matched = false;
        while let Some(length) = self.bytes[self.line..].iter().position(|byte| *byte == b'\n') {
            let line = &self.bytes[self.line..self.line + length];
            matched = matched || matches(pattern, line);
            self.line += length + 1;
        }
        let surplus = self.bytes.len().saturating_sub(KEPT);
        self.bytes.drain(..surplus);
        self.cut |= surplus > 0;
        self.line = self.line.saturating_sub(surplus);
        matched
    }

    /// What is kept, without a line whose beginning is gone: it may have been in the middle of a secret.
    fn text(&self) -> String {
        let whole = match self.cut {
            true => self.bytes.iter().position(|byte| *byte == b'\n').map_or(&[][..], |end| &self.bytes[end + 1..]),
            false => &self.bytes,
        };
        String::from_utf8_lossy(whole).into_owned()
    }

    /// No more bytes: whether the last line, without a line feed, matches.
    fn end(&self, pattern: Option<&Regex>) -> bool {
        let rest = &self.bytes[self.line..];
        !rest.is_empty() && matches(pattern, rest)
    }
}

fn matches(pattern: Option<&Regex>, line: &[u8]) -> bool {
    pattern.is_some_and(|pattern| pattern.is_match(String::from_utf8_lossy(line).trim_end_matches('\r')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_match_across_chunks_and_the_tail_is_bounded() {
        let pattern = Regex::new("^listening on \\d+$").unwrap();
        let mut tail = Tail::default();
        assert!(!tail.push(b"starting\nlisten", Some(&pattern)));
        assert!(tail.push(b"ing on 80\r\nmore", Some(&pattern)));
        assert!(!tail.push(&vec![b'x'; 2 * KEPT], Some(&pattern)));
        assert_eq!(tail.bytes.len(), KEPT);
        assert_eq!(tail.text(), "", "the line's beginning is gone");
        assert!(tail.push(b"\nlistening on 81\n", Some(&pattern)), "a long line is over");
        assert_eq!(tail.text(), "listening on 81\n");
        assert!(!tail.push(b"listening on 82", Some(&pattern)));
        assert!(tail.end(Some(&pattern)), "the last line needs no line feed");
    }
}
