use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::BoxStream;
use reqwest::header::{HeaderName, HeaderValue};
use rmcp::model::ClientJsonRpcMessage;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::common::client_side_sse::ExponentialBackoff;
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpClientTransportConfig, StreamableHttpError,
    StreamableHttpPostResponse, StreamableHttpResponseLimits,
};
use sse_stream::Sse;

use super::{Endpoint, Trouble};
use crate::mcp::start::LONGEST_MESSAGE;

/// The pause before a stream that broke off is resumed, when the server names none; it doubles each time.
const FIRST_RESUMPTION: Duration = Duration::from_millis(100);
/// How often in a row a stream is resumed in vain: 6 s together.
const MOST_RESUMPTIONS: usize = 6;

type Headers = HashMap<HeaderName, HeaderValue>;
type Reply<T> = Result<T, StreamableHttpError<reqwest::Error>>;
type Events = BoxStream<'static, Result<Sse, SseError>>;

/// An HTTP client that remembers what went wrong.
#[derive(Clone, Debug)]
pub(crate) struct HttpClient {
    pub(crate) client: reqwest::Client,
    pub(crate) trouble: Trouble,
}

/// The transport of streamable HTTP: session, resumption, and a new session when the server forgot the old one.
pub(crate) fn streamable(endpoint: Endpoint) -> StreamableHttpClientTransport<HttpClient> {
    let mut resumption = ExponentialBackoff::default();
    resumption.base_duration = FIRST_RESUMPTION;
    resumption.max_times = Some(MOST_RESUMPTIONS);
    let mut config = StreamableHttpClientTransportConfig::with_uri(endpoint.url.as_str())
        .max_sse_event_size(LONGEST_MESSAGE)
        .max_json_response_size(LONGEST_MESSAGE)
        .reinit_on_expired_session(true);
    config.retry_config = Arc::new(resumption);
    StreamableHttpClientTransport::with_client(endpoint.client, config)
}

impl HttpClient {
    pub(crate) fn new(client: reqwest::Client, trouble: Trouble) -> Self {
        HttpClient { client, trouble }
    }
}

impl StreamableHttpClient for HttpClient {
    type Error = reqwest::Error;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        auth_header: Option<String>,
        headers: Headers,
    ) -> Reply<StreamableHttpPostResponse> {
        let limits = StreamableHttpResponseLimits::default();
        self.post_message_with_response_limits(uri, message, session_id, auth_header, headers, limits).await
    }

    async fn post_message_with_response_limits(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        auth_header: Option<String>,
        headers: Headers,
        limits: StreamableHttpResponseLimits,
    ) -> Reply<StreamableHttpPostResponse> {
        let client = &self.client;
        let reply = client.post_message_with_response_limits(uri, message, session_id, auth_header, headers, limits);
        self.trouble.watch(reply.await)
    }

    async fn delete_session(
        &self,
        uri: Arc<str>,
        session_id: Arc<str>,
        auth_header: Option<String>,
        headers: Headers,
    ) -> Reply<()> {
        self.client.delete_session(uri, session_id, auth_header, headers).await
    }

    async fn get_stream(
        &self,
        uri: Arc<str>,
        session_id: Option<Arc<str>>,
        last_event_id: Option<String>,
        auth_header: Option<String>,
        headers: Headers,
    ) -> Reply<Events> {
        let most = LONGEST_MESSAGE;
        let events =
            self.get_stream_with_max_sse_event_size(uri, session_id, last_event_id, auth_header, headers, most);
        events.await
    }

    async fn get_stream_with_max_sse_event_size(
        &self,
        uri: Arc<str>,
        session_id: Option<Arc<str>>,
        last_event_id: Option<String>,
        auth_header: Option<String>,
        headers: Headers,
        most: usize,
    ) -> Reply<Events> {
        let client = &self.client;
        let events =
            client.get_stream_with_max_sse_event_size(uri, session_id, last_event_id, auth_header, headers, most);
        self.trouble.watch(events.await)
    }
}
