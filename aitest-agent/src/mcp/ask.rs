use std::sync::Arc;

use aitest_runtime::host;
use rmcp::model::{ErrorCode, GetPromptRequestParams, ReadResourceRequestParams};
use rmcp::service::ServiceError;
use serde_json::{Map, Value, json};

use super::answer::{McpResource, McpResourceContent, messages};
use super::listing::ToolListing;
use super::session::McpSession;
use super::{McpError, McpErrorKind, McpServer};
use crate::agent::{AgentError, McpPrompt};
use crate::cassette;
use crate::provider::Message;

/// Questions to a server without an agent. Each starts the server, asks, and ends it; a [shared](McpServer::shared)
/// one is asked where it runs. Add `.infrastructure()` where a server that does not start is not the test's subject.
impl McpServer {
    /// The tools that the server lists, for a snapshot or assertions about them. What a model is told of a tool decides
    /// whether it finds it: a changed description is worth a review like a changed function.
    ///
    /// ```no_run
    /// # use aitest_agent as aitest;
    /// # async fn test() -> Result<(), aitest::AgentError> {
    /// use aitest::McpServer;
    ///
    /// let tools = McpServer::stdio("banking-mcp").tools().await?;
    /// assert!(tools.tool("transfer").is_some_and(|tool| tool.description.contains("own accounts")));
    /// println!("{tools}"); // with insta: `insta::assert_snapshot!(tools)`
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The server does not start.
    pub async fn tools(&self) -> Result<ToolListing, AgentError> {
        let session = self.ask().await?;
        let listing = ToolListing::of(session.name(), &session.listed().1);
        self.told(session, Ok(listing), "tools/list").await
    }

    /// The prompts that the server offers; none of a server without prompts.
    ///
    /// ```no_run
    /// # use aitest_agent as aitest;
    /// # async fn test() -> Result<(), aitest::AgentError> {
    /// use aitest::McpServer;
    ///
    /// let prompts = McpServer::stdio("banking-mcp").list_prompts().await?;
    /// assert!(prompts.iter().any(|prompt| prompt.name == "monthly_report"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The server does not start, ends, or answers with an error.
    pub async fn list_prompts(&self) -> Result<Vec<McpPrompt>, AgentError> {
        cassette::answered(self, "prompts/list", Value::Null, self.listed_prompts()).await
    }

    async fn listed_prompts(&self) -> Result<Vec<McpPrompt>, AgentError> {
        let session = self.ask().await?;
        let answer = session.client().list_all_prompts().await;
        let answer = match answer {
            Err(ServiceError::McpError(error)) if error.code == ErrorCode::METHOD_NOT_FOUND => Ok(Vec::new()),
            answer => answer,
        };
        let name = session.name().to_owned();
        let prompts = self.told(session, answer, "prompts/list").await?;
        Ok(prompts.into_iter().map(|prompt| McpPrompt::of_server(&name, prompt)).collect())
    }

    /// The messages of the prompt `name`, filled with `arguments`. What is no text is named with its type and size.
    ///
    /// ```no_run
    /// # use aitest_agent as aitest;
    /// # async fn test() -> Result<(), aitest::AgentError> {
    /// use aitest::{Agent, McpServer, Message};
    ///
    /// let bank = McpServer::stdio("banking-mcp");
    /// let messages = bank.get_prompt("monthly_report", [("month", "May")]).await?;
    /// let Some(Message::User(prompt)) = messages.first() else { panic!("{messages:?}") };
    /// let result = Agent::new("openai/gpt-5-mini").mcp_server(bank).run(prompt).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The server does not start, ends, or answers with an error: there is no such prompt, an argument is missing.
    pub async fn get_prompt<K: Into<String>, V: Into<String>>(
        &self,
        name: impl Into<String>,
        arguments: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Vec<Message>, AgentError> {
        let arguments = arguments.into_iter().map(|(name, value)| (name.into(), Value::String(value.into())));
        let arguments = arguments.collect::<Map<String, Value>>();
        let name = name.into();
        let params = json!({ "name": &name, "arguments": &arguments });
        let live = async {
            let params = GetPromptRequestParams::new(name).with_arguments(arguments);
            let session = self.ask().await?;
            let answer = session.client().get_prompt(params).await;
            Ok(messages(&self.told(session, answer, "prompts/get").await?))
        };
        cassette::answered(self, "prompts/get", params, live).await
    }

    /// The resources that the server offers; none of a server without resources. Templates are not among them.
    ///
    /// # Errors
    /// The server does not start, ends, or answers with an error.
    pub async fn list_resources(&self) -> Result<Vec<McpResource>, AgentError> {
        cassette::answered(self, "resources/list", Value::Null, self.listed_resources()).await
    }

    async fn listed_resources(&self) -> Result<Vec<McpResource>, AgentError> {
        let session = self.ask().await?;
        let answer = match session.client().list_all_resources().await {
            Err(ServiceError::McpError(error)) if error.code == ErrorCode::METHOD_NOT_FOUND => Ok(Vec::new()),
            answer => answer,
        };
        let resources = self.told(session, answer, "resources/list").await?;
        Ok(resources.into_iter().map(McpResource::from).collect())
    }

    /// What the resource at `uri` holds: one part, or the parts of a folder.
    ///
    /// ```no_run
    /// # use aitest_agent as aitest;
    /// # async fn test() -> Result<(), aitest::AgentError> {
    /// use aitest::McpServer;
    ///
    /// let parts = McpServer::stdio("banking-mcp").read_resource("bank://terms").await?;
    /// assert!(parts[0].text.as_deref().is_some_and(|text| text.contains("interest")));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The server does not start, ends, or answers with an error: there is no such resource.
    pub async fn read_resource(&self, uri: impl Into<String>) -> Result<Vec<McpResourceContent>, AgentError> {
        let uri = uri.into();
        let params = json!({ "uri": &uri });
        let live = async {
            let session = self.ask().await?;
            let answer = session.client().read_resource(ReadResourceRequestParams::new(uri)).await;
            let answer = self.told(session, answer, "resources/read").await?;
            Ok(answer.contents.into_iter().map(McpResourceContent::from).collect())
        };
        cassette::answered(self, "resources/read", params, live).await
    }

    async fn ask(&self) -> Result<Arc<McpSession>, AgentError> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(AgentError::NoRuntime);
        }
        let _waiting = host::waiting();
        self.session().await
    }

    /// The answer to `method`, once the server has ended.
    async fn told<T>(
        &self,
        session: Arc<McpSession>,
        answer: Result<T, ServiceError>,
        method: &str,
    ) -> Result<T, AgentError> {
        let error = match answer {
            Ok(answer) => {
                if let Some(session) = Arc::into_inner(session) {
                    session.end().await;
                }
                return Ok(answer);
            }
            Err(ServiceError::McpError(error)) => {
                format!("the server answered `{method}` with an error: {} ({})", error.message, error.code.0)
            }
            Err(ServiceError::UnexpectedResponse) => format!("the server's answer to `{method}` is none"),
            Err(_) => return Err(session.lost(&format!("while it was asked `{method}`")).await),
        };
        Err(McpError::new(McpErrorKind::Protocol, error).of_server(session.name()))
    }
}
