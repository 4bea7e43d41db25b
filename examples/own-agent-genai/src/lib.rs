//! An agent made with [genai](https://docs.rs/genai): its client, and a loop with two tools.

use std::error::Error;

use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatRequest, Tool, ToolCall, ToolResponse};
use genai::resolver::{AuthData, Endpoint, ServiceTargetResolver};
use genai::{Client, ModelIden, ServiceTarget};
use serde_json::json;

/// How often the model is asked at most.
const MAX_TURNS: u32 = 10;

/// A bank teller.
pub struct Teller {
    base_url: String,
}

impl Teller {
    /// A teller whose model is at `base_url`, `https://api.openai.com/v1` say.
    pub fn at(base_url: &str) -> Self {
        Teller { base_url: base_url.to_owned() }
    }

    /// Works on `prompt` until the model has an answer.
    ///
    /// # Errors
    /// The model could not be asked, or had no answer after 10 turns.
    pub async fn ask(&self, prompt: &str) -> Result<String, Box<dyn Error + Send + Sync>> {
        let client = self.client()?;
        let mut request = ChatRequest::new(vec![ChatMessage::user(prompt)])
            .with_system("You are a bank teller. Use the tools, never guess.")
            .with_tools(tools());
        for _ in 0..MAX_TURNS {
            let response = client.exec_chat("teller", request.clone(), None).await?;
            let text = response.first_text().unwrap_or_default().to_owned();
            let calls = response.into_tool_calls();
            if calls.is_empty() {
                return Ok(text);
            }
            let answers: Vec<ToolResponse> = calls.iter().map(answer).collect();
            request = request.append_message(calls);
            for answer in answers {
                request = request.append_message(answer);
            }
        }
        Err("no answer after 10 turns".into())
    }

    fn client(&self) -> Result<Client, genai::Error> {
        let endpoint = Endpoint::from_owned(format!("{}/", self.base_url));
        let resolver = ServiceTargetResolver::from_resolver_fn(
            move |target: ServiceTarget| -> Result<ServiceTarget, genai::resolver::Error> {
                let key = std::env::var("OPENAI_API_KEY").unwrap_or_default();
                let model = ModelIden::new(AdapterKind::OpenAI, target.model.model_name);
                Ok(ServiceTarget { endpoint: endpoint.clone(), auth: AuthData::from_single(key), model })
            },
        );
        Client::builder().with_service_target_resolver(resolver).build()
    }
}

fn tools() -> Vec<Tool> {
    let account = json!({"type": "string", "enum": ["checking", "savings"]});
    let transfer = json!({"from": account, "to": account, "amount": {"type": "number"}});
    vec![
        Tool::new("get_balance")
            .with_description("The balance of an account")
            .with_schema(json!({"type": "object", "properties": {"account": account}})),
        Tool::new("transfer")
            .with_description("Moves money between accounts")
            .with_schema(json!({"type": "object", "properties": transfer})),
    ]
}

fn answer(call: &ToolCall) -> ToolResponse {
    let arguments = &call.fn_arguments;
    let text = |name: &str| arguments[name].as_str().unwrap_or_default().to_owned();
    let content = match call.fn_name.as_str() {
        "get_balance" if text("account") == "checking" => "1500".to_owned(),
        "get_balance" => "3000".to_owned(),
        "transfer" => format!("moved {} from {} to {}", arguments["amount"], text("from"), text("to")),
        other => format!("there is no tool `{other}`"),
    };
    ToolResponse::new(call.call_id.clone(), content)
}
