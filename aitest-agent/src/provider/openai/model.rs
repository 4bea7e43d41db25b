use std::fmt;
use std::time::{Duration, SystemTime};

use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::failure::Failure;
use super::{reply, request};
use crate::provider::builder::Options;
use crate::provider::credential::SendFault;
use crate::provider::http::client_for;
use crate::provider::resolve::Endpoint;
use crate::provider::retry_after::retry_after;
use crate::provider::{BoxFuture, ChatReply, ChatRequest, Model, ProviderError};

const REQUEST_TIMEOUT: Duration = Duration::from_secs(600);

/// A model behind the chat-completions wire.
pub(crate) struct OpenAiModel {
    endpoint: Endpoint,
    client: Client,
    timeout: Duration,
}

impl OpenAiModel {
    pub(crate) fn new(endpoint: Endpoint, options: &Options) -> Result<Self, ProviderError> {
        let client = client_for(&endpoint.url)?;
        Ok(OpenAiModel { endpoint, client, timeout: options.request_timeout.unwrap_or(REQUEST_TIMEOUT) })
    }

    async fn send(&self, request: &ChatRequest) -> Result<ChatReply, ProviderError> {
        let failure = Failure { endpoint: &self.endpoint };
        let body = request::body(&self.endpoint, request).map_err(|error| failure.not_sendable(error))?;
        let call = self.client.post(self.endpoint.url.clone()).timeout(self.timeout).body(body);
        let call = call.header(CONTENT_TYPE, "application/json");
        let response = self.endpoint.credential.send(call).await.map_err(|fault| match fault {
            SendFault::SignIn(error) => error,
            SendFault::Transport(error) => failure.transport(error, self.timeout),
        })?;
        let status = response.status();
        let request_id = request_id(response.headers());
        let pause = retry_after(response.headers(), SystemTime::now());
        let location = location(response.headers());
        let body = response.bytes().await.map_err(|error| failure.transport(error, self.timeout))?;
        let reply = match status.is_success() {
            true => reply::parse(&body).map_err(|fault| failure.reply(fault, &body)),
            false => Err(failure.status(status, location.as_deref(), &body)),
        };
        match reply {
            Ok(reply) => Ok(ChatReply { request_id, ..reply }),
            Err(error) => Err(error.with_retry_after(pause).with_request_id(request_id)),
        }
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = ["x-request-id", "apim-request-id", "request-id"].iter().find_map(|name| headers.get(*name))?;
    Some(id.to_str().ok()?.to_owned())
}

fn location(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(reqwest::header::LOCATION)?.to_str().ok()?.to_owned())
}

impl Model for OpenAiModel {
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

impl fmt::Debug for OpenAiModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenAiModel({})", self.endpoint.label())
    }
}
