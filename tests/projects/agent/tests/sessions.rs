//! Sessions against the embedded model, run by tests/suite.

use aitest::testing::{Reply, ScriptedModel, json};
use aitest::{Agent, Iteration, McpServer, Provider, Session, aitest};

struct Balance(u64);

/// Counts its calls.
const COUNTER: &str = r#"
calls=0
reply() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$1" "$2"; }
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case $line in
    *'"initialize"'*) reply "$id" '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}' ;;
    *'"tools/list"'*) reply "$id" '{"tools":[{"name":"count","inputSchema":{"type":"object"}}]}' ;;
    *'"tools/call"'*) calls=$((calls + 1)); reply "$id" "{\"content\":[{\"type\":\"text\",\"text\":\"$calls\"}]}" ;;
  esac
done
"#;

fn model(name: &str) -> Provider {
    Provider::scripted(
        ScriptedModel::named(name)
            .on("balance", [Reply::text("It is 1500.")])
            .on("Transfer", [Reply::one_of([(60, Reply::text("Moved 750.")), (40, Reply::text("Moved 0."))])])
            .on("Thanks", [Reply::text("Bye.")]),
    )
}

/// Moves half of what there is
#[aitest(session, iterations = 12, min_pass_rate = 10)]
mod savings {
    use super::*;

    async fn agent() -> aitest::Result<Agent> {
        Ok(Agent::new(model("teller")))
    }

    #[step]
    async fn asks_balance(s: &mut Session) -> aitest::Result {
        let result = s.run("What is my balance?").await?;
        assert!(!result.is_session_continuation());
        s.set(Balance(result.final_response.trim_matches(|c: char| !c.is_ascii_digit()).parse()?));
        Ok(())
    }

    #[step]
    async fn transfers(s: &mut Session, it: &Iteration) -> aitest::Result {
        let half = s.get::<Balance>()?.0 / 2;
        let result = s.run(format!("Transfer {half}.")).await?;
        assert!(result.is_session_continuation());
        it.note(format!("messages {}", s.messages().len()));
        assert!(result.final_response.contains(&half.to_string()), "the wrong amount: {}", result.final_response);
        Ok(())
    }

    #[step]
    fn looks_back(s: &mut Session) {
        assert_eq!(s.messages().len(), 4);
    }

    #[step]
    async fn thanks(s: &mut Session) {
        assert!(s.run("Thanks!").await.is_ok());
    }
}

fn first() -> Agent {
    Agent::new(model("first"))
}

async fn second() -> aitest::Result<Agent> {
    Ok(Agent::new(model("second")))
}

#[aitest(session, agents = [first, self::second])]
mod compared {
    use aitest::Session;

    #[step]
    async fn asks_balance(s: &mut Session) -> aitest::Result {
        s.run("What is my balance?").await?;
        Ok(())
    }
}

/// The infrastructure fails in a step
#[aitest(session)]
mod broken {
    use super::*;

    fn agent() -> Agent {
        Agent::new(model("teller")).mcp_server(McpServer::stdio("no-such-server-anywhere"))
    }

    #[step]
    fn begins(_s: &mut Session) {}

    #[step]
    async fn asks(s: &mut Session) -> aitest::Result {
        s.run("What is my balance?").await?;
        Ok(())
    }

    #[step]
    fn never(_s: &mut Session) {}
}

/// A step is too slow
#[aitest(session, timeout = "200ms")]
mod slow {
    use super::*;

    fn agent() -> Agent {
        Agent::new(model("teller"))
    }

    #[step]
    async fn waits(s: &mut Session) {
        let _answer = s.run("What is my balance?").await;
        std::future::pending::<()>().await;
    }

    #[step]
    fn never(_s: &mut Session) {}
}

/// There is no agent
#[aitest(session)]
mod unbuilt {
    use super::*;

    async fn agent() -> Result<Agent, String> {
        Err("no key".to_owned())
    }

    #[step]
    fn never(_s: &mut Session) {}
}

/// A server of its own keeps the state of each iteration
#[aitest(session, iterations = 4, concurrency = 4)]
mod stateful {
    use super::*;

    fn agent() -> Agent {
        let model = ScriptedModel::named("counter").on(
            "Count",
            [Reply::tool_call("count", json!({})), Reply::text("{result}")],
        );
        Agent::new(Provider::scripted(model)).mcp_server(McpServer::stdio("sh").args(["-c", COUNTER]))
    }

    #[step]
    async fn counts(s: &mut Session) -> aitest::Result {
        assert_eq!(s.run("Count.").await?.final_response, "1");
        Ok(())
    }

    #[step]
    async fn counts_on(s: &mut Session) -> aitest::Result {
        assert_eq!(s.run("Count.").await?.final_response, "2");
        Ok(())
    }
}
