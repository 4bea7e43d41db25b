use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::exchange::{End, Open};
use crate::cassette::Taping;

type BoxError = Box<dyn StdError + Send + Sync>;

/// The body of what the agent gets.
pub(super) enum Answer {
    /// The tap's own.
    Text(Option<Bytes>),
    /// The provider's, as it comes, and recorded.
    Recorded { body: reqwest::Body, left: Option<u64>, open: Open },
    /// The provider's, as it comes; a cassette may keep it.
    Passed(reqwest::Body, Option<Box<Taping>>),
}

impl Answer {
    pub(super) fn of(text: String) -> Self {
        Answer::Text(Some(text.into()))
    }

    /// `body`, which is read on its way as `open` says.
    pub(super) fn recorded(body: reqwest::Body, open: Open) -> Self {
        let left = body.size_hint().exact();
        if left == Some(0) {
            open.finish(End::Whole);
        }
        Answer::Recorded { body, left, open }
    }
}

impl Answer {
    pub(super) fn passed(body: reqwest::Body, taping: Taping) -> Self {
        let mut taping = Some(Box::new(taping));
        if body.is_end_stream() {
            ends(&mut taping);
        }
        Answer::Passed(body, taping)
    }
}

fn ends(taping: &mut Option<Box<Taping>>) {
    if let Some(taping) = taping.take() {
        taping.ends();
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut *self {
            Answer::Text(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Answer::Passed(body, taping) => {
                let frame = ready!(Pin::new(&mut *body).poll_frame(cx));
                if let (Some(Ok(frame)), Some(taping)) = (&frame, &mut *taping)
                    && let Some(bytes) = frame.data_ref()
                {
                    taping.push(bytes);
                }
                if frame.is_none() || body.is_end_stream() {
                    ends(taping);
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Answer::Recorded { body, left, open } => {
                let frame = ready!(Pin::new(body).poll_frame(cx));
                Poll::Ready(match frame {
                    Some(Ok(frame)) => {
                        see(&frame, left, open);
                        Some(Ok(frame))
                    }
                    Some(Err(error)) => {
                        let failed = open.finish(End::Broken(error));
                        let message =
                            failed.map_or_else(|| "the answer broke off".to_owned(), |error| error.to_string());
                        Some(Err(message.into()))
                    }
                    None => {
                        open.finish(End::Whole);
                        None
                    }
                })
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Answer::Text(bytes) => bytes.is_none(),
            Answer::Recorded { body, .. } | Answer::Passed(body, _) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Answer::Text(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Answer::Recorded { body, .. } | Answer::Passed(body, _) => body.size_hint(),
        }
    }
}

/// The record is written before the agent gets the last bytes: it may end its iteration as soon as it has them.
fn see(frame: &Frame<Bytes>, left: &mut Option<u64>, open: &Open) {
    let Some(bytes) = frame.data_ref() else { return };
    open.push(bytes);
    if let Some(left) = left {
        *left = left.saturating_sub(bytes.len() as u64);
    }
    if *left == Some(0) || open.is_done() {
        open.finish(End::Whole);
    }
}
