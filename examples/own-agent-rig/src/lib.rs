//! An agent made with [rig](https://docs.rs/rig-core): its agent loop, with two tools.

use std::convert::Infallible;
use std::error::Error;

use rig_core::client::CompletionClient;
use rig_core::completion::Prompt;
use rig_core::providers::openai;
use rig_core::tool::Tool;
use serde::Deserialize;
use serde_json::{Value, json};

/// How often the model is asked at most.
const MAX_TURNS: usize = 10;

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
        let key = std::env::var("OPENAI_API_KEY").unwrap_or_default();
        let client = openai::CompletionsClient::builder().api_key(&key).base_url(&self.base_url).build()?;
        let agent = client
            .agent("teller")
            .preamble("You are a bank teller. Use the tools, never guess.")
            .tool(GetBalance)
            .tool(Transfer)
            .build();
        Ok(agent.prompt(prompt).max_turns(MAX_TURNS).await?)
    }
}

fn account() -> Value {
    json!({"type": "string", "enum": ["checking", "savings"]})
}

struct GetBalance;

#[derive(Deserialize)]
struct Account {
    account: String,
}

impl Tool for GetBalance {
    const NAME: &'static str = "get_balance";
    type Error = Infallible;
    type Args = Account;
    type Output = u32;

    fn description(&self) -> String {
        "The balance of an account".to_owned()
    }

    fn parameters(&self) -> Value {
        json!({"type": "object", "properties": {"account": account()}})
    }

    async fn call(&self, args: Account) -> Result<u32, Infallible> {
        Ok(if args.account == "checking" { 1500 } else { 3000 })
    }
}

struct Transfer;

#[derive(Deserialize)]
struct Move {
    from: String,
    to: String,
    amount: u32,
}

impl Tool for Transfer {
    const NAME: &'static str = "transfer";
    type Error = Infallible;
    type Args = Move;
    type Output = String;

    fn description(&self) -> String {
        "Moves money between accounts".to_owned()
    }

    fn parameters(&self) -> Value {
        let fields = json!({"from": account(), "to": account(), "amount": {"type": "number"}});
        json!({"type": "object", "properties": fields})
    }

    async fn call(&self, Move { from, to, amount }: Move) -> Result<String, Infallible> {
        Ok(format!("moved {amount} from {from} to {to}"))
    }
}
