use std::sync::Arc;
use std::time::Duration;

use regex_lite::Regex;
use rmcp::model::{ProtocolVersion, ServerPeerInfo, SubscriptionFilter, Tool};
use rmcp::service::{ClientInitializeError, ClientLifecycleMode, RoleClient, RunningService, ServiceError};
use tokio::time::{Instant, timeout_at};

use super::handler::{Handler, Inbox};
use super::link::Link;
use super::lists::{all_tools, definition, not_listed};
use super::open::{Wire, open};
use super::server::{Config, Transport};
use super::session::McpSession;
use super::wait::Condition;
use super::{McpError, McpErrorKind};
use crate::agent::McpPrompt;
use crate::provider::ToolDefinition;

/// A running MCP client.
pub(crate) type Client = RunningService<RoleClient, Handler>;

/// The longest message that a server may send.
pub(crate) const LONGEST_MESSAGE: usize = 256 * 1024 * 1024;
/// How often tools that are not there yet are asked for.
const TOOLS_POLL: Duration = Duration::from_millis(100);

/// Starts a server: process or connection, handshake, tools, condition; all within one time limit.
///
/// A server that refuses the handshake is started again without: since the revision of 2026-07-28 there is none.
pub(crate) async fn start(config: &Config) -> Result<McpSession, McpError> {
    let deadline = Instant::now() + config.wait.timeout;
    let pattern = pattern(config)?;
    match attempt(config, deadline, pattern.clone(), ClientLifecycleMode::Initialize).await {
        Err(Refusal { error, by_server: true }) => {
            let modern = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
            // What the server said first says more than that it does not know the newer way either.
            attempt(config, deadline, pattern, modern).await.map_err(|_| error)
        }
        result => result.map_err(|refusal| refusal.error),
    }
}

/// What a server that started offers.
pub(crate) struct Started {
    pub(crate) client: Client,
    pub(crate) tools: Vec<ToolDefinition>,
    pub(crate) prompts: Vec<McpPrompt>,
}

/// Why a start failed, and whether the server itself refused the handshake.
struct Refusal {
    error: McpError,
    by_server: bool,
}

impl From<McpError> for Refusal {
    fn from(error: McpError) -> Self {
        Refusal { error, by_server: false }
    }
}

fn pattern(config: &Config) -> Result<Option<Regex>, McpError> {
    let Condition::Log(pattern) = &config.wait.condition else { return Ok(None) };
    if config.transport != Transport::Stdio {
        let message = "Wait::for_log: a server over HTTP has no standard error here; wait for its tools";
        return Err(McpError::new(McpErrorKind::Configuration, message));
    }
    Regex::new(pattern).map(Some).map_err(|error| {
        let message = format!("Wait::for_log: `{pattern}` is no regular expression: {error}");
        McpError::new(McpErrorKind::InvalidPattern, message)
    })
}

async fn attempt(
    config: &Config,
    deadline: Instant,
    pattern: Option<Regex>,
    lifecycle: ClientLifecycleMode,
) -> Result<McpSession, Refusal> {
    let Ok(opened) = timeout_at(deadline, open(config, pattern)).await else {
        return Err(too_slow(config, "did not open its stream", "").into());
    };
    let (link, wire) = opened?;
    let inbox = Arc::new(Inbox::default());
    let starting = Starting { config, deadline, link };
    match starting.handshake(wire, &inbox, lifecycle).await {
        Ok(started) => Ok(McpSession::new(config.name.clone(), started, starting.link, inbox)),
        Err(Refusal { error, by_server }) => Err(Refusal { error: starting.link.end_with(error).await, by_server }),
    }
}

fn too_slow(config: &Config, what: &str, more: &str) -> McpError {
    let limit = config.wait.timeout.as_secs_f64();
    McpError::new(McpErrorKind::TimedOut, format!("the server {what} within {limit} s{more}"))
}

struct Starting<'a> {
    config: &'a Config,
    deadline: Instant,
    link: Link,
}

impl Starting<'_> {
    async fn handshake(
        &self,
        wire: Wire,
        inbox: &Arc<Inbox>,
        lifecycle: ClientLifecycleMode,
    ) -> Result<Started, Refusal> {
        let handler = Handler::new(Arc::clone(inbox));
        let client = match timeout_at(self.deadline, wire.serve(handler, lifecycle)).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => return Err(self.refused(&error).await),
            Err(_) => return Err(self.too_slow("did not answer `initialize`", &self.link.junk()).into()),
        };
        known_version(&client)?;
        let tools = self.tools(&client).await?;
        let prompts = self.prompts(&client, inbox).await?;
        self.logged().await?;
        listen(&client, inbox);
        Ok(Started { client, tools: tools.into_iter().map(definition).collect(), prompts })
    }

    /// Waits for the line that is waited for, if one is.
    async fn logged(&self) -> Result<(), McpError> {
        let Condition::Log(pattern) = &self.config.wait.condition else { return Ok(()) };
        match timeout_at(self.deadline, self.link.logged()).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.link.lost(&format!("before its standard error matched `{pattern}`")).await),
            Err(_) => {
                let what = format!("wrote no line to its standard error that matches `{pattern}`");
                Err(self.too_slow(&what, ""))
            }
        }
    }

    /// The tools, as soon as all that are waited for are there.
    async fn tools(&self, client: &Client) -> Result<Vec<Tool>, McpError> {
        let mut listed = Vec::new();
        loop {
            match timeout_at(self.deadline, all_tools(client)).await {
                Ok(Ok(tools)) => listed = tools,
                Ok(Err(error)) => return Err(not_listed(&self.link, &error, "before it listed its tools").await),
                Err(_) => {}
            }
            let missing = self.missing(&listed);
            match missing {
                None if Instant::now() < self.deadline => return Ok(listed),
                None => return Err(self.too_slow("did not answer `tools/list`", "")),
                Some(missing) if Instant::now() >= self.deadline => {
                    let names = listed.iter().map(|tool| tool.name.as_ref()).collect::<Vec<_>>().join(", ");
                    return Err(self.too_slow(&format!("did not offer `{missing}`"), &format!("; it offers: {names}")));
                }
                Some(_) => tokio::time::sleep_until(self.deadline.min(Instant::now() + TOOLS_POLL)).await,
            }
        }
    }

    /// The prompts of a server that says it has some. One that cannot list them has its tools all the same.
    async fn prompts(&self, client: &Client, inbox: &Inbox) -> Result<Vec<McpPrompt>, McpError> {
        if client.peer_info().is_none_or(|peer| peer.capabilities.prompts.is_none()) {
            return Ok(Vec::new());
        }
        match timeout_at(self.deadline, client.list_all_prompts()).await {
            Ok(Ok(prompts)) => {
                Ok(prompts.into_iter().map(|prompt| McpPrompt::of_server(&self.config.name, prompt)).collect())
            }
            Ok(Err(ServiceError::McpError(error))) => {
                inbox.add(&format!("`prompts/list` failed: {} ({})", error.message, error.code.0));
                Ok(Vec::new())
            }
            Ok(Err(ServiceError::UnexpectedResponse)) => {
                inbox.add("the answer to `prompts/list` is no list of prompts");
                Ok(Vec::new())
            }
            Ok(Err(_)) => Err(self.link.lost("before it listed its prompts").await),
            Err(_) => Err(self.too_slow("did not answer `prompts/list`", "")),
        }
    }

    fn missing(&self, listed: &[Tool]) -> Option<&str> {
        let Condition::Tools(wanted) = &self.config.wait.condition else { return None };
        wanted.iter().map(String::as_str).find(|name| !listed.iter().any(|tool| tool.name == *name))
    }

    async fn refused(&self, error: &ClientInitializeError) -> Refusal {
        let junk = self.link.junk();
        match error {
            ClientInitializeError::ConnectionClosed(_) | ClientInitializeError::TransportError { .. } => {
                self.link.lost(&format!("before it was ready{junk}")).await.into()
            }
            ClientInitializeError::JsonRpcError(error) => {
                let message = format!("the server refused `initialize`: {} ({}){junk}", error.message, error.code.0);
                Refusal { error: McpError::new(McpErrorKind::Protocol, message), by_server: true }
            }
            error => McpError::new(McpErrorKind::Protocol, format!("no MCP handshake: {error}{junk}")).into(),
        }
    }

    fn too_slow(&self, what: &str, more: &str) -> McpError {
        too_slow(self.config, what, more)
    }
}

/// Since the revision of 2026-07-28 a server tells of changed tools only those who listen.
fn listen(client: &Client, inbox: &Arc<Inbox>) {
    let tells = |peer: Arc<ServerPeerInfo>| {
        peer.capabilities.tools.as_ref().and_then(|tools| tools.list_changed) == Some(true)
            && !peer.protocol_version.has_initialize()
    };
    if !client.peer_info().is_some_and(tells) {
        return;
    }
    let (peer, inbox) = (client.peer().clone(), Arc::clone(inbox));
    tokio::spawn(async move {
        let Ok(mut changes) = peer.listen(SubscriptionFilter::builder().tools_list_changed().build()).await else {
            return;
        };
        while let Ok(Some(_)) = changes.next().await {
            inbox.set_tools_changed();
        }
    });
}

fn known_version(client: &Client) -> Result<(), McpError> {
    let Some(peer) = client.peer_info() else { return Ok(()) };
    let known = ProtocolVersion::KNOWN_VERSIONS;
    if known.contains(&peer.protocol_version) {
        return Ok(());
    }
    let (version, known) = (&peer.protocol_version, known.iter().map(ProtocolVersion::as_str).collect::<Vec<_>>());
    let message = format!("the server speaks MCP `{version}`; aitest speaks {}", known.join(", "));
    Err(McpError::new(McpErrorKind::Protocol, message))
}
