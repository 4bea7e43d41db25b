//! What a model says over HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aitest::{Agent, ClarificationDetection, Iteration, McpServer, Provider, TapExt, Wire, aitest};
use aitest::{ProviderError, TokenUsage};
use aitest_agent::{AssistantMessage, BoxFuture, ChatReply, ChatRequest, Model, ToolCallRequest};
use serde_json::json;

/// The model's address while it runs. Port 9 is nobody's.
fn model(name: &str) -> Provider {
    let url = std::env::var("TELLER_URL").unwrap_or_else(|_| "http://127.0.0.1:9/v1".to_owned());
    Provider::compatible(url, name).api_key_env("TELLER_API_KEY")
}

/// Answers `initialize`, `tools/list` and `tools/call`.
const SERVER: &str = r#"
[ -n "$LIVE" ] && echo started >> "$LIVE"
reply() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$1" "$2"; }
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case $line in
    *'"initialize"'*) reply "$id" '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"},"instructions":"Be exact."}' ;;
    *'"tools/list"'*) reply "$id" '{"tools":[{"name":"dump","inputSchema":{"type":"object"}}]}' ;;
    *'"tools/call"'*) reply "$id" '{"content":[{"type":"text","text":"200"}]}' ;;
    *'"prompts/list"'*) reply "$id" '{"prompts":[{"name":"monthly"}]}' ;;
  esac
done
"#;

fn bank() -> McpServer {
    McpServer::stdio("sh").named("bank").args(["-c", SERVER])
}

#[aitest(iterations = 6, min_pass_rate = 10)]
async fn transfers(it: &Iteration) -> aitest::Result {
    let agent = Agent::new(model("teller")).mcp_server(bank());
    let result = agent.run(format!("Transfer {}00 dollars.", it.index())).await?;
    assert!(result.tool_was_called("dump"));
    assert_eq!(result.final_response, "Sent 200.");
    Ok(())
}

#[aitest]
async fn overloaded() -> aitest::Result {
    let result = Agent::new(model("teller")).run("Are you overloaded?").await?;
    assert_eq!(result.final_response, "Now I can.");
    Ok(())
}

/// The first attempt is errored.
#[aitest]
async fn breaks() -> aitest::Result {
    Agent::new(model("teller")).run("Please break.").await?;
    Ok(())
}

#[aitest(max_errored = 1)]
async fn signs_in() -> aitest::Result {
    Agent::new(model("locked")).run("Please sign in.").await?;
    Ok(())
}

#[aitest]
async fn forbidden() -> aitest::Result {
    let result = Agent::new(model("teller")).run("Something forbidden.").await?;
    assert!(!result.success);
    Ok(())
}

#[aitest]
async fn asks_back() -> aitest::Result {
    let detection = ClarificationDetection::info().model(model("judge"));
    let agent = Agent::new(model("teller")).detect_clarification(detection);
    let result = agent.run("Please ask back.").await?;
    assert_eq!(result.asked_for_clarification(), Some(true));
    Ok(())
}

/// The server is on the cassette as the model is.
#[aitest(iterations = 2)]
async fn serves() -> aitest::Result {
    let bank = bank().recorded();
    assert_eq!(bank.list_prompts().await?[0].name, "monthly");
    let result = Agent::new(model("teller")).mcp_server(bank).run("Transfer 500 dollars.").await?;
    assert_eq!(result.tool_call_count("dump"), 1);
    assert!(result.effective_system_prompt().is_some_and(|prompt| prompt.contains("Be exact.")));
    Ok(())
}

/// It does not start.
#[aitest]
async fn does_not_serve() -> aitest::Result {
    let gone = McpServer::stdio("sh").named("gone").args(["-c", "echo no disk >&2; exit 3"]).recorded();
    Agent::new(model("teller")).mcp_server(gone).run("Transfer 500 dollars.").await?;
    Ok(())
}

/// An agent of one's own behind a tap: whole, streamed, refused at first, and what no record understands.
#[aitest(iterations = 3)]
async fn taps(it: &Iteration) -> aitest::Result {
    let url = std::env::var("TELLER_URL").unwrap_or_else(|_| "http://127.0.0.1:9/v1".to_owned());
    let tap = it.tap(Wire::OpenAi)?.to(url).provider("compatible");
    let client = reqwest::Client::new();
    let key = std::env::var("TELLER_API_KEY").unwrap_or_else(|_| "none".to_owned());
    let models = client.get(format!("{tap}/models")).bearer_auth(&key).send().await?;
    assert!(models.text().await?.contains("teller"));
    let prompt = if it.index() == 3 { "Are you overloaded?" } else { "Transfer 700 dollars." };
    for try_number in 1..=2 {
        let request = json!({
            "model": "teller",
            "messages": [{"role": "user", "content": prompt}],
            "stream": it.index() == 2,
            "stream_options": {"include_usage": true},
            "user": format!("try {try_number}"),
        });
        let call = client.post(format!("{tap}/chat/completions")).bearer_auth(&key).json(&request);
        let answer = call.send().await?;
        if answer.status().is_success() {
            let is_stream = answer.text().await?.starts_with("data: ");
            it.note(format!("a stream: {is_stream}"));
            return Ok(());
        }
    }
    panic!("refused twice");
}

/// A client of one's own.
#[derive(Debug)]
struct Parrot;

static ASKED: AtomicU32 = AtomicU32::new(0);

impl Model for Parrot {
    fn provider(&self) -> &str {
        "zoo"
    }

    fn model(&self) -> &str {
        "parrot"
    }

    fn chat<'a>(&'a self, request: &'a ChatRequest) -> BoxFuture<'a, Result<ChatReply, ProviderError>> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        Box::pin(async {
            if request.messages.len() == 1 {
                let call = ToolCallRequest::new("call_1", "dump", r#"{ "to": "savings" }"#);
                let mut reply = ChatReply::new(AssistantMessage::text("Wait.").with_tool_call(call));
                reply.usage = Some(TokenUsage::new(11, 7));
                reply.cost = aitest::Cost::from_usd(0.25);
                return Ok(reply);
            }
            Ok(ChatReply::new(AssistantMessage::text("Polly!")))
        })
    }
}

#[aitest]
async fn custom() -> aitest::Result {
    let agent = Agent::new(Provider::custom(Arc::new(Parrot))).retries(3);
    let result = agent.run("Polly?").await?;
    assert_eq!(result.final_response, "Polly!");
    assert_eq!(ASKED.load(Ordering::Relaxed).to_string(), std::env::var("ASKED")?);
    Ok(())
}

/// Asks nobody the second time, and does not mind.
#[aitest]
async fn ignores_errors(it: &Iteration) {
    let agent = Agent::new(model("teller"));
    let first = agent.run("Good morning.").await;
    assert!(first.is_ok(), "{first:?}");
    let second = std::env::var("SECOND").unwrap_or_else(|_| "Good night.".to_owned());
    let _ = agent.run(second).await;
    it.note("both were asked");
}

/// Ids, times and ports are other ones in each run.
#[aitest]
async fn varies() -> aitest::Result {
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.subsec_nanos();
    let prompt = format!(
        "Order {nanos:08x}-0000-4000-8000-{:012x} at 2026-11-25T21:13:{:02}Z on localhost:{}.",
        std::process::id(),
        nanos % 60,
        1024 + nanos % 10_000
    );
    let result = Agent::new(model("teller").seed(u64::from(nanos))).run(prompt).await?;
    assert_eq!(result.final_response, "Hello.");
    Ok(())
}

/// Nobody answers in time.
#[aitest(timeout = "300ms")]
async fn times_out() -> aitest::Result {
    Agent::new(model("teller")).run("Be slow.").await?;
    Ok(())
}

#[aitest]
async fn from_a_task() -> aitest::Result {
    let task = async { Agent::new(model("teller")).run("Good evening.").await.map(|_| ()) };
    tokio::spawn(task).await??;
    Ok(())
}

/// One test for each cassette that the suite spoils.
macro_rules! greets {
    ($($name:ident)*) => {$(
        #[aitest(iterations = 2)]
        async fn $name() -> aitest::Result {
            Agent::new(model("teller")).run("Good day.").await?;
            Ok(())
        }
    )*};
}

greets! { spoiled twice unwritable missing recovers }
