use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};

use crate::text::start_of;

const KEPT: usize = 16 * 1024;
/// Where a line must begin to be shown: what follows is kept far enough for any secret to be whole.
const LOOKED_AT: usize = 1024;
const SHOWN: usize = 200;

/// Hands the server's standard output through, and remembers how it began: a line that is no JSON-RPC is the usual
/// cause of a handshake that never ends.
pub(crate) struct FirstOutput<R> {
    inner: R,
    kept: Kept,
}

/// What was remembered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<u8>>>);

impl<R> FirstOutput<R> {
    pub(crate) fn of(inner: R) -> (Self, Kept) {
        let kept = Kept::default();
        (FirstOutput { inner, kept: kept.clone() }, kept)
    }
}

impl Kept {
    /// The first line that is no JSON-RPC, as the end of a message; empty if there is none.
    pub(crate) fn junk(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&bytes);
        let looked_at = text.lines().scan(0, |place, line| {
            let begins = *place;
            *place += line.len() + 1;
            (begins < LOOKED_AT).then_some(line.trim())
        });
        let junk = { looked_at }.find(|line| !line.is_empty() && !line.starts_with('{'));
        junk.map_or_else(String::new, |line| {
            let line = start_of(line, SHOWN);
            format!("; its standard output, which is for JSON-RPC alone, holds `{line}`")
        })
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for FirstOutput<R> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.inner).poll_read(cx, buf);
        let mut kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = KEPT.saturating_sub(kept.len());
        let new = buf.filled().get(before..).unwrap_or_default();
        kept.extend_from_slice(&new[..new.len().min(room)]);
        drop(kept);
        poll
    }
}
