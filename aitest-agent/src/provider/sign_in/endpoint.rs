use std::time::{Duration, SystemTime};

use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

use super::fault::{Fault, brief, root};
use crate::provider::token::Token;

/// How long a token endpoint may take to answer.
const LIMIT: Duration = Duration::from_secs(30);
/// What a token lives at least when its end is not told: `az` promises five minutes.
const LEAST_LIFE: Duration = Duration::from_secs(300);
const SHOWN: usize = 400;

/// Asks a token endpoint. `unreachable` is the fault when nobody is there.
pub(crate) async fn ask(
    call: RequestBuilder,
    origin: &str,
    unreachable: impl FnOnce(String) -> Fault,
) -> Result<Token, Fault> {
    let response = match call.timeout(LIMIT).send().await {
        Ok(response) => response,
        Err(error) if error.is_connect() => return Err(unreachable(root(&error))),
        Err(error) if error.is_timeout() => {
            return Err(Fault::transient(format!("no answer within {} s", LIMIT.as_secs())));
        }
        Err(error) => return Err(Fault::transient(root(&error))),
    };
    let status = response.status();
    let body = response.bytes().await.map_err(|error| Fault::transient(root(&error)))?;
    match status {
        StatusCode::OK => parse(&body, origin, SystemTime::now()),
        _ => Err(refused(status, &body)),
    }
}

/// Reads the answer of a token endpoint, or what `az` prints. A token is never part of the fault.
pub(crate) fn parse(body: &[u8], origin: &str, now: SystemTime) -> Result<Token, Fault> {
    let no_token = || Fault::lasting("the answer holds no token");
    let answer: Value = serde_json::from_slice(body).map_err(|_| no_token())?;
    let token = ["access_token", "accessToken"].iter().find_map(|name| answer.get(name)?.as_str());
    let token = token.filter(|token| !token.trim().is_empty()).ok_or_else(no_token)?;
    let seconds = |name| answer.get(name).and_then(number).map(Duration::from_secs);
    let end = seconds("expires_on")
        .and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since))
        .or_else(|| now.checked_add(seconds("expires_in")?))
        .unwrap_or(now + LEAST_LIFE);
    Ok(Token::new(origin, token, now, Some(end)))
}

/// Some endpoints write numbers as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn refused(status: StatusCode, body: &[u8]) -> Fault {
    let said = serde_json::from_slice::<Value>(body).ok().and_then(|answer| {
        let said = ["error_description", "message", "error"].iter().find_map(|name| answer.get(name)?.as_str())?;
        Some(said.to_owned())
    });
    let said = said.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    let message = match brief(&said, SHOWN) {
        said if said.is_empty() => status.to_string(),
        said => format!("{status}: {said}"),
    };
    // 410 is an instance metadata service that is being updated.
    let passes = status.is_server_error() || matches!(status.as_u16(), 408 | 410 | 429);
    Fault { message, transient: passes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_tell_the_end() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        for (end, life) in [
            (r#""expires_on":1800003600"#, 3600),
            (r#""expires_on":"1800003600","expires_in":"9""#, 3600),
            (r#""expires_in":3599"#, 3599),
            (r#""expires_in":"3599""#, 3599),
            (r#""expires_on":"2026-10-31 21:59:10.000000""#, 300),
            (r#""expiresOn":"2026-10-31 21:59:10.000000""#, 300),
            (r#""expires_in":18446744073709551615"#, 300),
        ] {
            let token = parse(format!(r#"{{"access_token":"token-of-parse-1",{end}}}"#).as_bytes(), "o", now).unwrap();
            let after = |seconds| token.has_ended(now + Duration::from_secs(seconds));
            assert!(!after(life - 1) && after(life), "{end}");
        }
    }

    #[test]
    fn an_answer_without_a_token_is_not_shown() {
        for body in ["", "{}", r#"{"access_token":" "}"#, r#"{"access_token":"half-a-tok"#, "[1]"] {
            let fault = parse(body.as_bytes(), "o", SystemTime::now()).unwrap_err();
            assert_eq!(fault, Fault::lasting("the answer holds no token"));
        }
    }
}
