use std::fmt;
use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Response, StatusCode};

use super::builder::Options;
use super::clients::client_for;
use super::credential::SendFault;
use super::details::Details;
use super::failure::Failure;
use super::resolve::Endpoint;
use super::retry_after::retry_after;
use super::{BoxFuture, ChatReply, ChatRequest, Model, ProviderError};

const REQUEST_TIMEOUT: Duration = Duration::from_secs(600);
/// The longest answer that is read. The longest of any model are a few MiB.
const LONGEST_ANSWER: usize = 32 << 20;
/// Where providers write the id of a request.
pub(crate) const REQUEST_IDS: [&str; 6] =
    ["x-request-id", "apim-request-id", "request-id", "mistral-correlation-id", "x-github-request-id", "x-ds-trace-id"];

/// A model behind HTTP. What all wires share: one request, its headers, its answer and its failures.
pub(crate) struct HttpModel {
    endpoint: Endpoint,
    client: Client,
    timeout: Duration,
}

/// An answer as it came.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl HttpModel {
    pub(crate) fn new(endpoint: Endpoint, options: &Options) -> Result<Self, ProviderError> {
        let client = client_for(&endpoint.url)?;
        Ok(HttpModel { endpoint, client, timeout: options.request_timeout.unwrap_or(REQUEST_TIMEOUT) })
    }

    /// Host and port of the server.
    #[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "spans name it"))]
    pub(crate) fn server(&self) -> (Option<&str>, Option<u16>) {
        (self.endpoint.url.host_str(), self.endpoint.url.port_or_known_default())
    }

    async fn send(&self, request: &ChatRequest) -> Result<ChatReply, ProviderError> {
        let answer = self.exchange(request, self.body(request)?).await?;
        self.judge(request, &answer)
    }

    /// The body of a request.
    pub(crate) fn body(&self, request: &ChatRequest) -> Result<Vec<u8>, ProviderError> {
        let failure = Failure { endpoint: &self.endpoint, request };
        self.endpoint.wire.body(&self.endpoint, request).map_err(|error| failure.not_sendable(error))
    }

    /// Sends `body`, which `request` is.
    pub(crate) async fn exchange(&self, request: &ChatRequest, body: Vec<u8>) -> Result<Answer, ProviderError> {
        let failure = Failure { endpoint: &self.endpoint, request };
        let call = self.client.post(self.endpoint.url.clone()).timeout(self.timeout);
        let call = call.headers(self.endpoint.headers.clone()).header(CONTENT_TYPE, "application/json").body(body);
        // The one place where the key is attached. A redirect is never followed, so that it goes nowhere else.
        let response = self.endpoint.credential.send(call).await.map_err(|fault| match fault {
            SendFault::SignIn(error) => error,
            SendFault::Transport(error) => failure.transport(error, self.timeout),
        })?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Answer { status, headers, body: self.read(response, &failure).await? })
    }

    async fn read(&self, mut response: Response, failure: &Failure<'_>) -> Result<Vec<u8>, ProviderError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure.transport(error, self.timeout))? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(failure.too_long(LONGEST_ANSWER));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// The reply that an answer is.
    pub(crate) fn judge(&self, request: &ChatRequest, answer: &Answer) -> Result<ChatReply, ProviderError> {
        let (failure, body) = (Failure { endpoint: &self.endpoint, request }, answer.body.as_slice());
        let wire = self.endpoint.wire;
        let reply = match answer.status.is_success() {
            true => wire.reply(body).map_err(|fault| failure.reply(fault, body)),
            false => match wire.rescue(&Details::of(body)) {
                Some(reply) => Ok(reply),
                None => Err(failure.status(answer.status, answer.location(), body)),
            },
        };
        match reply {
            Ok(mut reply) => {
                reply.message.provider = Some(self.endpoint.provider.clone());
                reply.message.tool_calls.iter_mut().for_each(|call| call.name_by(&request.tools));
                reply.request_id = answer.request_id().or(reply.request_id);
                Ok(reply)
            }
            Err(error) => {
                let pause = retry_after(answer.status, &answer.headers, body, SystemTime::now());
                Err(error.with_retry_after(pause).with_request_id(answer.request_id()))
            }
        }
    }
}

impl Answer {
    fn request_id(&self) -> Option<String> {
        let id = REQUEST_IDS.iter().find_map(|name| self.headers.get(*name))?;
        Some(id.to_str().ok()?.to_owned())
    }

    fn location(&self) -> Option<&str> {
        self.headers.get(reqwest::header::LOCATION)?.to_str().ok()
    }
}

impl Model for HttpModel {
    fn provider(&self) -> &str {
        &self.endpoint.provider
    }

    fn model(&self) -> &str {
        &self.endpoint.model
    }

    fn chat<'a>(&'a self, request: &'a ChatRequest) -> BoxFuture<'a, Result<ChatReply, ProviderError>> {
        Box::pin(self.send(request))
    }

    fn endpoint(&self) -> String {
        self.endpoint.name.clone()
    }
}

impl fmt::Debug for HttpModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpModel({})", self.endpoint.label())
    }
}
