use std::io;

use hyper::body::Incoming;
use hyper::{Request, Response};

use aitest_runtime::host;

use super::forward::forward;
use super::line::Line;
use super::refusal::Refusal;
use super::tee::Answer;
use crate::address::Address;
use crate::loopback::Port;

/// The server's port; the first call starts it. All taps of a process share it.
pub(super) fn port() -> io::Result<u16> {
    static PORT: Port = Port::new();
    PORT.get("tap_server", respond)
}

/// `/TAP/ITERATION/…`
async fn respond(request: Request<Incoming>) -> Response<Answer> {
    let path = request.uri().path().to_owned();
    let mut segments = path.trim_start_matches('/').splitn(3, '/');
    let id = segments.next().and_then(|id| id.parse::<u64>().ok());
    let (Some(id), Some(Ok(address))) = (id, segments.next().map(str::parse::<Address>)) else {
        let message = format!("{path} belongs to no tap: use the base URL of `it.tap(..)` as it is");
        return Refusal::new(404, message).response();
    };
    let rest = segments.next().unwrap_or_default();
    match Line::find(id).filter(|line| Some(line.iteration.key()) == address.iteration) {
        Some(line) => {
            let iteration = line.iteration.clone();
            iteration.scope(forward(line, request, rest.to_owned())).await
        }
        None => ended(&address),
    }
}

fn ended(address: &Address) -> Response<Answer> {
    let whose = address.iteration.map_or_else(String::new, |key| format!("{} of test {}", key.iteration, key.test));
    let message = format!(
        "a request came through the tap of iteration {whose} after its end, and was not forwarded: the body must await \
         what its agent does, and ask for a tap in each iteration"
    );
    host::warn("after_the_end", &message);
    Refusal::new(410, message).response()
}
