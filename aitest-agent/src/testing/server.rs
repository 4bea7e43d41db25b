use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::{future, io};

use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::Value;

use super::answer::{self, Answer};
use super::conversation::Conversation;
use super::log::RecordedRequest;
use super::model::Served;
use super::reply::{Kind, Message, Status};
use super::wire::{self, Completion, Exchange};
use crate::address::Address;
use crate::loopback::Port;

/// The longest request body that is read.
const MAX_REQUEST: usize = 64 << 20;

/// The server's port; the first call starts it.
pub(super) fn port() -> io::Result<u16> {
    static PORT: Port = Port::new();
    PORT.get("scripted_model_server", respond)
}

async fn respond(request: Request<Incoming>) -> Response<ReplyBody> {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    let mut segments = path.trim_start_matches('/').splitn(3, '/');
    let id = segments.next().and_then(|id| id.parse().ok());
    let (Some(id), Some(Ok(address))) = (id, segments.next().map(str::parse::<Address>)) else {
        return refuse(404, "not_found", format!("{path} belongs to no scripted model; use its base_url()"));
    };
    let Some(served) = Served::find(id) else {
        let message = "this scripted model is gone; hold the `ScriptedModel` while its base_url() is used";
        return refuse(404, "model_not_found", message.to_owned());
    };
    if !is_authorized(&head.headers, served.script.key.as_deref()) {
        return json(401, &wire::error(&status(401)));
    }
    match (&head.method, segments.next().unwrap_or("")) {
        (&Method::GET, "v1/models") => json(200, &wire::models(&served.script.name)),
        (&Method::POST, "v1/chat/completions") => complete(&served, address, head.headers, body).await,
        (method, rest) => refuse(404, "unknown_url", format!("unknown request URL: {method} /{rest}")),
    }
}

async fn complete(served: &Arc<Served>, address: Address, headers: HeaderMap, body: Incoming) -> Response<ReplyBody> {
    let body = match Limited::new(body, MAX_REQUEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return refuse(413, "request_too_large", format!("the request could not be read: {error}")),
    };
    served.log().push(RecordedRequest::new(address, headers, body.clone()));
    let conversation = match Conversation::parse(&body) {
        Ok(conversation) => conversation,
        Err(message) => return refuse(400, "invalid_request", message),
    };
    let script = &served.script;
    let Some(reply) = script.reply(&conversation) else {
        let prompt: String = conversation.opening().chars().take(80).collect();
        let message =
            format!("the script of `{}` has no reply to \"{prompt}\"; add .on(..) or .otherwise(..)", script.name);
        return refuse(400, "script_mistake", message);
    };
    let place = script.place(address.seed, &conversation);
    let answer = answer::settle(reply, &place, |choice| served.log().tried(address, &place, choice));
    let pause = script.latency.saturating_add(answer.latency);
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    let results = conversation.results();
    let exchange = Exchange {
        model: &script.name,
        place: &place,
        results: &results,
        request_bytes: body.len(),
        usage: answer.usage,
        finish_reason: answer.finish_reason,
    };
    render(&answer, &exchange, &conversation).await
}

async fn render(answer: &Answer<'_>, exchange: &Exchange<'_>, conversation: &Conversation) -> Response<ReplyBody> {
    let filler = || Completion::new(&Message::default(), exchange).json().to_string();
    match answer.kind {
        Kind::Message(message) => {
            let completion = Completion::new(message, exchange);
            if conversation.stream() {
                response(200, "text/event-stream", completion.events(conversation.stream_usage()))
            } else {
                json(200, &completion.json())
            }
        }
        Kind::NoChoices => json(200, &Completion::new(&Message::default(), exchange).json_without_choices()),
        Kind::Status(status) => {
            let mut response = json(status.status, &wire::error(status));
            if let Some(seconds) = status.retry_after {
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
            }
            response
        }
        Kind::CutConnection => cut(filler()),
        Kind::MalformedJson => {
            let text = filler();
            response(200, "application/json", text[..text.len() / 2].to_owned())
        }
        Kind::Html => response(200, "text/html", "<!doctype html><title>Gateway</title><p>Please sign in.".to_owned()),
        Kind::Hang => future::pending().await,
        Kind::Mistake(message) => refuse(400, "script_mistake", message.clone()),
        Kind::OneOf(_) | Kind::Times { .. } => {
            refuse(400, "script_mistake", "Reply::one_of has no reply with a weight above 0".to_owned())
        }
    }
}

fn is_authorized(headers: &HeaderMap, key: Option<&str>) -> bool {
    let Some(key) = key else { return true };
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let azure = headers.get("api-key").and_then(|value| value.to_str().ok());
    bearer == Some(key) || azure == Some(key)
}

fn status(status: u16) -> Status {
    Status { status, retry_after: None, code: None, message: None }
}

fn refuse(code: u16, name: &str, message: String) -> Response<ReplyBody> {
    let error = Status { code: Some(name.to_owned()), message: Some(message), ..status(code) };
    json(code, &wire::error(&error))
}

fn json(status: u16, body: &Value) -> Response<ReplyBody> {
    response(status, "application/json", body.to_string())
}

fn response(status: u16, content_type: &'static str, body: String) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody { bytes: Some(body.into()), is_cut: false });
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(content_type));
    response
}

/// Announces `body` whole and sends its first half.
fn cut(body: String) -> Response<ReplyBody> {
    let length = body.len();
    let mut response = response(200, "application/json", body[..length / 2].to_owned());
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    response.body_mut().is_cut = true;
    response
}

/// One piece, and then the end or an error that makes hyper close the connection.
struct ReplyBody {
    bytes: Option<Bytes>,
    is_cut: bool,
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(match self.bytes.take() {
            Some(bytes) => Some(Ok(Frame::data(bytes))),
            None if self.is_cut => Some(Err(io::Error::other("cut by the script"))),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none() && !self.is_cut
    }

    fn size_hint(&self) -> SizeHint {
        match &self.bytes {
            Some(bytes) if !self.is_cut => SizeHint::with_exact(bytes.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
