//! Agents that share limits, a budget and breakers, over tests and processes.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aitest::testing::{Reply, ScriptedModel};
use aitest::{Agent, Iteration, Provider, ProviderError, TokenUsage, aitest};
use aitest_agent::{AssistantMessage, BoxFuture, ChatReply, ChatRequest, Model, ProviderErrorKind};

/// The model server of the process that started this one.
fn stub() -> Provider {
    Provider::compatible(std::env::var("STUB_URL").unwrap_or_default(), "stub")
}

#[aitest]
async fn asks() -> aitest::Result {
    Agent::new(stub()).run("go").await?;
    Ok(())
}

#[aitest]
async fn asks_once_a_minute() -> aitest::Result {
    Agent::new(stub().rpm(1)).run("go").await?;
    Ok(())
}

#[aitest]
fn own_agent_without_a_price(it: &Iteration) {
    it.record_usage("mine/secret-sauce", TokenUsage::new(10, 5));
}

static STRICT: LazyLock<ScriptedModel> =
    LazyLock::new(|| ScriptedModel::named("strict").otherwise([Reply::status(401)]));

/// Notes how often the model was asked in the process.
#[aitest(iterations = 10)]
async fn refused(it: &Iteration) {
    let _ = Agent::new(Provider::scripted(STRICT.clone())).run("go").await;
    it.note(format!("asked {}", STRICT.all_requests().len()));
}

/// The same through an address, as for an agent of one's own.
#[aitest(iterations = 10)]
async fn refused_by_address(it: &Iteration) {
    static MODEL: LazyLock<ScriptedModel> =
        LazyLock::new(|| ScriptedModel::named("strict").otherwise([Reply::status(401)]));
    let _ = Agent::new(Provider::compatible(MODEL.base_url(), "strict")).run("go").await;
    it.note(format!("asked {}", MODEL.all_requests().len()));
}

/// Lets two requests in at once and refuses the others.
#[derive(Debug)]
struct TwoAtOnce(AtomicU32);

static TWO: TwoAtOnce = TwoAtOnce(AtomicU32::new(0));

#[derive(Debug)]
struct Handle;

impl Model for Handle {
    fn provider(&self) -> &str {
        "stub"
    }

    fn model(&self) -> &str {
        "two-at-once"
    }

    fn chat<'a>(&'a self, _: &'a ChatRequest) -> BoxFuture<'a, Result<ChatReply, ProviderError>> {
        Box::pin(async {
            let is_free = TWO.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| (n < 2).then_some(n + 1)).is_ok();
            if !is_free {
                let pause = Some(Duration::from_millis(1));
                return Err(ProviderError::new(ProviderErrorKind::RateLimited, "429").with_retry_after(pause));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
            TWO.0.fetch_sub(1, Ordering::SeqCst);
            Ok(ChatReply::new(AssistantMessage::text("done")))
        })
    }
}

macro_rules! two_at_once {
    ($($name:ident)*) => {
        mod two_at_once {
            use super::*;
            $(
                #[aitest(iterations = 10, concurrency = 4)]
                async fn $name() -> aitest::Result {
                    Agent::new(Provider::custom(std::sync::Arc::new(Handle))).run("go").await?;
                    Ok(())
                }
            )*
        }
    };
}

two_at_once! { a b c d e f g h i j k l m n o p }
