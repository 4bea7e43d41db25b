use regex_lite::Regex;
use rmcp::service::{ClientInitializeError, ClientLifecycleMode, RoleClient, serve_client_with_lifecycle};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::async_rw::AsyncRwTransport;

use super::McpError;
use super::command::{command, not_spawned};
use super::first_output::FirstOutput;
use super::handler::Handler;
use super::http::{Endpoint, HttpClient, SseTransport, streamable};
use super::link::Link;
use super::server::{Config, Transport};
use super::start::{Client, LONGEST_MESSAGE};
use super::stderr::StderrTail;
use crate::child::{self, Stdin, Stdout};

/// A way to a server, before the handshake.
pub(crate) enum Wire {
    Pipes(Box<AsyncRwTransport<RoleClient, FirstOutput<Stdout>, Stdin>>),
    Http(StreamableHttpClientTransport<HttpClient>),
    Sse(SseTransport),
}

/// Spawns or reaches a server. `pattern` is what its standard error is searched for.
pub(crate) async fn open(config: &Config, pattern: Option<Regex>) -> Result<(Link, Wire), McpError> {
    if let Transport::Stdio = config.transport {
        return spawn(config, pattern).await;
    }
    let endpoint = Endpoint::of(config)?;
    let link = Link::Http(endpoint.client.trouble.clone());
    let wire = match config.transport {
        Transport::Sse => Wire::Sse(SseTransport::open(endpoint).await?),
        _ => Wire::Http(streamable(endpoint)),
    };
    Ok((link, wire))
}

async fn spawn(config: &Config, pattern: Option<Regex>) -> Result<(Link, Wire), McpError> {
    let command = command(config)?;
    let spawned = child::spawn(command).await.map_err(|error| not_spawned(&config.target, &error))?;
    let (child, stdout, stderr) = spawned;
    let stderr = StderrTail::read(stderr, pattern);
    let (stdout, first_output) = FirstOutput::of(stdout);
    let pipes = AsyncRwTransport::new_client(stdout, child.stdin()).with_max_line_length(LONGEST_MESSAGE);
    Ok((Link::Process { child, stderr, first_output }, Wire::Pipes(Box::new(pipes))))
}

impl Wire {
    /// Does the handshake.
    pub(crate) async fn serve(
        self,
        handler: Handler,
        lifecycle: ClientLifecycleMode,
    ) -> Result<Client, ClientInitializeError> {
        match self {
            Wire::Pipes(pipes) => serve_client_with_lifecycle(handler, *pipes, lifecycle).await,
            Wire::Http(http) => serve_client_with_lifecycle(handler, http, lifecycle).await,
            Wire::Sse(sse) => serve_client_with_lifecycle(handler, sse, lifecycle).await,
        }
    }
}
