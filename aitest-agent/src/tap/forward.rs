use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use aitest_runtime::host;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response};

use super::exchange::{Asking, End, Exchange, Open};
use super::failure::Failing;
use super::headers::{forwarded, is_key_parameter, keep_secret, returned};
use super::line::Line;
use super::refusal::Refusal;
use super::tee::Answer;
use super::transcript::Ended;
use super::unrecorded;
use super::upstream::{self, SendFault, Sent, without_version};
use crate::cassette;
use crate::provider::{Asked, Breaker, Format, Limiter, Pass, ProviderError, estimate, without_iteration};

/// The longest request body that is read.
const LONGEST_REQUEST: usize = 64 << 20;

/// Forwards a request to `rest`, the path behind the tap's base URL, and records it.
pub(super) async fn forward(line: Arc<Line>, request: Request<Incoming>, rest: String) -> Response<Answer> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, LONGEST_REQUEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return Refusal::new(413, format!("the request could not be read: {error}")).response(),
    };
    let path = without_version(&rest);
    let format = Format::of(line.wire, path).filter(|_| head.method == Method::POST);
    match format.and_then(|format| Some((format, format.asked(path, &body)?))) {
        Some((format, asked)) => recorded(&line, Request::from_parts(head, body), &rest, (format, asked)).await,
        None => unrecorded::forward(&line, Request::from_parts(head, body), &rest).await,
    }
}

async fn recorded(line: &Arc<Line>, request: Request<Bytes>, rest: &str, what: (Format, Asked)) -> Response<Answer> {
    let (format, asked) = what;
    let settings = line.settings();
    let home = settings.to.is_none().then_some(line.wire.home().name);
    let provider = settings.provider.as_deref().or(home).unwrap_or_default();
    let label = match provider {
        "" => asked.model.clone(),
        provider => format!("{provider}/{}", asked.model),
    };
    let keys = keep_secret(request.headers(), request.uri());
    let (place, is_again) = line.transcript().asked(&asked, provider);
    let refuse = |error: ProviderError| {
        let refusal = Refusal::of(&error);
        line.transcript().ended(place, &Ended::Failed(error), std::time::Duration::ZERO);
        refusal.response()
    };
    let (head, body) = request.into_parts();
    let (base_url, sent) = match sent(line, &head, body, rest) {
        Ok(sent) => sent,
        Err(error) => return refuse(error),
    };
    let (taping, replayed) = cassette::passing(&whom(&label, &sent, rest), &sent.body);
    let replayed = match replayed.transpose() {
        Ok(replayed) => replayed,
        Err(error) => return refuse(error),
    };
    let endpoint = endpoint(&base_url, &asked.model, &keys);
    let admitted = match &replayed {
        Some(_) => None,
        None => match admitted(&label, &endpoint, (&sent, &asked), settings.limits).await {
            Ok(admitted) => Some(admitted),
            Err(error) => return refuse(error),
        },
    };
    let failing = Failing { label, base_url, url: sent.url.clone() };
    let asking = Asking { format, place, is_again, wants_usage: asked.wants_usage, failing };
    let open = Exchange::begin(line, asking, admitted, taping);
    let answered = match replayed {
        Some(replayed) => Ok(replayed.map(reqwest::Body::from)),
        None => upstream::exchange(sent).await,
    };
    respond(open, answered)
}

/// The answer on its way to the agent, or why there is none.
fn respond(open: Open, answered: Result<Response<reqwest::Body>, SendFault>) -> Response<Answer> {
    match answered {
        Ok(response) => {
            open.begins(&response);
            let (head, body) = response.into_parts();
            answer(head, Answer::recorded(body, open))
        }
        Err(fault) => match open.finish(End::Fault(fault)) {
            Some(error) => Refusal::of(&error).response(),
            None => Refusal::new(410, "the iteration has ended".to_owned()).response(),
        },
    }
}

/// The request as it goes on, with the base URL that it goes to.
pub(super) fn sent(line: &Line, head: &Parts, body: Bytes, rest: &str) -> Result<(String, Sent), ProviderError> {
    let base_url = upstream::base_url(line)?;
    let url = upstream::url(&base_url, rest, head.uri.query())?;
    let headers = forwarded(head.headers.clone());
    Ok((base_url, Sent { method: head.method.clone(), url, headers, body }))
}

/// The answer as the agent gets it.
pub(super) fn answer(mut head: hyper::http::response::Parts, body: Answer) -> Response<Answer> {
    head.headers = returned(head.headers);
    Response::from_parts(head, body)
}

/// Who is asked for what, as cassettes have it: `openai/gpt-5-mini POST /chat/completions`. Keys in the address, and
/// where it leads, are no part of it.
pub(super) fn whom(label: &str, sent: &Sent, rest: &str) -> String {
    let query = sent.url.query_pairs().filter(|(name, _)| !is_key_parameter(name));
    let query: Vec<String> = query.map(|(name, value)| format!("{name}={value}")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("{label} {} /{}{query}", sent.method, without_version(rest)).trim_start().to_owned()
}

/// What limits and breakers know the model by. A hash of the keys is no key.
fn endpoint(base_url: &str, model: &str, keys: &str) -> String {
    let mut hasher = DefaultHasher::new();
    keys.hash(&mut hasher);
    format!("{} {model} {:016x}", without_iteration(base_url), hasher.finish())
}

/// Waits until the request may be sent, as waiting time of the iteration.
async fn admitted(
    label: &str,
    endpoint: &str,
    (sent, asked): (&Sent, &Asked),
    limits: crate::provider::Limits,
) -> Result<(Breaker, Pass), ProviderError> {
    let breaker = Breaker::of(endpoint);
    breaker.check()?;
    let limiter = Limiter::of(label.to_owned(), endpoint, limits)?;
    let pass = limiter.enter(|| estimate(sent.body.len(), asked.limit), host::waiting).await;
    breaker.check()?;
    Ok((breaker, pass))
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use reqwest::Url;

    use super::*;

    #[test]
    fn no_key_is_part_of_whom_is_asked() {
        let query = "api-version=1&subscription-key=k&access_token=k&sig=k&signature=k&code=k&api-key=k&alt=sse";
        let url = Url::parse(&format!("http://h/v1/chat/completions?{query}")).unwrap();
        let sent = Sent { method: Method::POST, url, headers: HeaderMap::new(), body: Bytes::new() };
        let expected = "openai/m POST /chat/completions?api-version=1&alt=sse";
        assert_eq!(whom("openai/m", &sent, "v1/chat/completions"), expected);
    }
}
