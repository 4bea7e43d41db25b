use std::collections::HashMap;
use std::io;

use futures_util::stream::{BoxStream, StreamExt};
use reqwest::Url;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::service::RoleClient;
use rmcp::transport::Transport;
use rmcp::transport::streamable_http_client::{SseError, StreamableHttpClient};
use sse_stream::Sse;

use super::{Endpoint, HttpClient};
use crate::mcp::start::LONGEST_MESSAGE;
use crate::mcp::{McpError, McpErrorKind};

/// HTTP+SSE of 2024-11-05: one stream of the server's messages, whose first event names the address for ours.
pub(crate) struct SseTransport {
    client: HttpClient,
    post_to: Url,
    events: BoxStream<'static, Result<Sse, SseError>>,
}

impl SseTransport {
    /// Opens the stream and waits for its first event.
    pub(crate) async fn open(endpoint: Endpoint) -> Result<Self, McpError> {
        let Endpoint { url, client } = endpoint;
        let stream = client.get_stream_with_max_sse_event_size(
            url.as_str().into(),
            None,
            None,
            None,
            HashMap::new(),
            LONGEST_MESSAGE,
        );
        let mut events = match stream.await {
            Ok(events) => events,
            Err(error) => return Err(client.trouble.last().unwrap_or_else(|| refused(&error))),
        };
        while let Some(Ok(event)) = events.next().await {
            if event.event.as_deref() == Some("endpoint") {
                let post_to = post_to(&url, event.data.as_deref().unwrap_or_default())?;
                return Ok(SseTransport { client, post_to, events });
            }
        }
        let message = "the server closed its stream before it named an address for messages (event `endpoint`)";
        Err(McpError::new(McpErrorKind::Ended, message))
    }
}

fn refused(error: &dyn std::error::Error) -> McpError {
    McpError::new(McpErrorKind::Protocol, format!("no stream of events: {error}"))
}

/// Credentials go to the origin that the user named alone.
fn post_to(url: &Url, named: &str) -> Result<Url, McpError> {
    let joined = url.join(named.trim()).ok().filter(|post_to| post_to.origin() == url.origin());
    joined.ok_or_else(|| {
        let message = format!("the server names `{named}` as its address for messages, which is not on its own host");
        McpError::new(McpErrorKind::Protocol, message)
    })
}

impl Transport<RoleClient> for SseTransport {
    type Error = io::Error;

    fn send(
        &mut self,
        message: ClientJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let request = self.client.client.post(self.post_to.clone()).json(&message);
        let trouble = self.client.trouble.clone();
        async move {
            let error = match request.send().await {
                Ok(reply) if reply.status().is_success() => return Ok(()),
                Ok(reply) => trouble.of_status(reply.status(), ""),
                Err(error) => trouble.of_request(&error),
            };
            Err(io::Error::other(trouble.set(error)))
        }
    }

    async fn receive(&mut self) -> Option<ServerJsonRpcMessage> {
        while let Some(Ok(event)) = self.events.next().await {
            let is_message = event.event.as_deref().is_none_or(|kind| kind == "message");
            let message = event.data.filter(|_| is_message).and_then(|data| serde_json::from_str(&data).ok());
            if message.is_some() {
                return message;
            }
        }
        None
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.events = futures_util::stream::empty().boxed();
        Ok(())
    }
}
