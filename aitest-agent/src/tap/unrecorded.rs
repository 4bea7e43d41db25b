use aitest_runtime::host;
use hyper::body::Bytes;
use hyper::{Method, Request, Response};

use super::forward::{answer, sent, whom};
use super::headers::keep_secret;
use super::line::Line;
use super::refusal::Refusal;
use super::tee::Answer;
use super::upstream::{self, SendFault};
use crate::cassette;
use crate::provider::{root, status_name};

/// Forwards a request that the record does not understand, and says so in it.
pub(super) async fn forward(line: &Line, request: Request<Bytes>, rest: &str) -> Response<Answer> {
    let (head, body) = request.into_parts();
    keep_secret(&head.headers, &head.uri);
    let what = format!("{} /{rest}", head.method);
    let sent = match sent(line, &head, body, rest) {
        Ok((_, sent)) => sent,
        Err(error) => {
            line.iteration.note(format!("{what} was not forwarded: {error}"));
            return Refusal::of(&error).response();
        }
    };
    let (mut taping, replayed) = cassette::passing(&whom("", &sent, rest), &sent.body);
    let answered = match replayed {
        Some(Err(error)) => return Refusal::of(&error).response(),
        Some(Ok(replayed)) => Ok(replayed.map(reqwest::Body::from)),
        None => {
            taping.asks();
            upstream::exchange(sent).await
        }
    };
    match answered {
        Ok(response) => {
            taping.begins(response.status(), response.headers());
            line.iteration.note(format!("{what} was forwarded and not recorded: {}", status_name(response.status())));
            if head.method == Method::POST {
                host::warn(
                    "tap_not_recorded",
                    &format!("{what} goes through a tap that records neither it nor its tokens"),
                );
            }
            let (head, body) = response.into_parts();
            answer(head, Answer::passed(body, taping))
        }
        Err(fault) => {
            let message = match fault {
                SendFault::Client(error) => error.to_string(),
                SendFault::Transport(error) => root(&error.without_url()),
            };
            line.iteration.note(format!("{what} got no answer: {message}"));
            Refusal::new(502, message).response()
        }
    }
}
