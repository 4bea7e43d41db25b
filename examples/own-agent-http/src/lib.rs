//! An agent written by hand: a loop around OpenAI's chat completions, with two tools.

use std::error::Error;

use serde_json::{Value, json};

/// How often the model is asked at most.
const MAX_TURNS: u32 = 10;

/// A bank teller.
pub struct Teller {
    base_url: String,
    client: reqwest::Client,
}

impl Teller {
    /// A teller whose model is at `base_url`, `https://api.openai.com/v1` say.
    pub fn at(base_url: &str) -> Self {
        Teller { base_url: base_url.to_owned(), client: reqwest::Client::new() }
    }

    /// Works on `prompt` until the model has an answer.
    ///
    /// # Errors
    /// The model could not be asked, or had no answer after 10 turns.
    pub async fn ask(&self, prompt: &str) -> Result<String, Box<dyn Error + Send + Sync>> {
        let mut messages = vec![
            json!({"role": "system", "content": "You are a bank teller. Use the tools, never guess."}),
            json!({"role": "user", "content": prompt}),
        ];
        for _ in 0..MAX_TURNS {
            let message = self.chat(&messages).await?;
            let calls = message["tool_calls"].as_array().cloned().unwrap_or_default();
            if calls.is_empty() {
                return Ok(message["content"].as_str().unwrap_or_default().to_owned());
            }
            messages.push(message);
            messages.extend(calls.iter().map(answer));
        }
        Err("no answer after 10 turns".into())
    }

    async fn chat(&self, messages: &[Value]) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let key = std::env::var("OPENAI_API_KEY").unwrap_or_default();
        let request = json!({"model": "teller", "messages": messages, "tools": tools()});
        let url = format!("{}/chat/completions", self.base_url);
        let response = self.client.post(url).bearer_auth(key).json(&request).send().await?.error_for_status()?;
        Ok(response.json::<Value>().await?["choices"][0]["message"].take())
    }
}

fn tools() -> Value {
    let tool = |name, description, fields: Value| {
        let parameters = json!({"type": "object", "properties": fields});
        json!({"type": "function", "function": {"name": name, "description": description, "parameters": parameters}})
    };
    let account = json!({"type": "string", "enum": ["checking", "savings"]});
    json!([
        tool("get_balance", "The balance of an account", json!({"account": account})),
        tool(
            "transfer",
            "Moves money between accounts",
            json!({"from": account, "to": account, "amount": {"type": "number"}})
        ),
    ])
}

/// The message that answers a tool call.
fn answer(call: &Value) -> Value {
    let function = &call["function"];
    let arguments: Value = serde_json::from_str(function["arguments"].as_str().unwrap_or_default()).unwrap_or_default();
    let text = |name: &str| arguments[name].as_str().unwrap_or_default().to_owned();
    let content = match function["name"].as_str().unwrap_or_default() {
        "get_balance" if text("account") == "checking" => "1500".to_owned(),
        "get_balance" => "3000".to_owned(),
        "transfer" => format!("moved {} from {} to {}", arguments["amount"], text("from"), text("to")),
        other => format!("there is no tool `{other}`"),
    };
    json!({"role": "tool", "tool_call_id": call["id"], "content": content})
}
