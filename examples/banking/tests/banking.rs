//! What a model does with the bank's tools.
//!
//! `cargo test -p banking` asks a scripted model, no key needed. A real one is asked by
//! `BANKING_MODEL=openai/gpt-5-mini cargo test -p banking`.

mod model;

use aitest::{Agent, McpServer, Provider, aitest};
use serde_json::json;

/// A teller at the bank's server. Every run starts a server of its own, with the opening balances.
fn teller(provider: Provider) -> Agent {
    Agent::new(provider)
        .system_prompt("You are a bank teller. Use the tools, never guess. Write amounts like $1,500.00.")
        .mcp_server(McpServer::stdio(env!("CARGO_BIN_EXE_banking-mcp")))
        .retries(3)
        .max_turns(10)
}

/// Looks up a balance
#[aitest]
async fn balance() -> aitest::Result {
    let result = teller(model::large()).run("What is my checking balance?").await?;
    assert!(result.success, "{:?}", result.error);
    assert!(result.tool_was_called_with("get_balance", json!({"account": "checking"})));
    assert!(result.final_response.contains("1,500.00"), "{}", result.final_response);
    Ok(())
}

/// Transfers money, and in the right direction
#[aitest(min_pass_rate = 60)]
async fn transfer() -> aitest::Result {
    let result = teller(model::large()).run("Transfer $200 from checking to savings.").await?;
    assert!(result.tool_was_called("transfer"), "`transfer` was not called, but: {}", result.final_response);
    let from = result.tool_call_arg("transfer", "from");
    assert_eq!(from, Some(json!("checking")), "the money left the wrong account");
    assert!(result.tool_was_called_with("transfer", json!({"to": "savings", "amount": 200})));
    Ok(())
}

/// Makes several deposits at once
#[aitest]
async fn two_deposits() -> aitest::Result {
    let result = teller(model::large()).run("Deposit $50 into checking and $25 into savings.").await?;
    assert_eq!(result.tool_call_count("deposit"), 2);
    assert!(result.final_response.contains("1,550.00"), "{}", result.final_response);
    assert!(result.final_response.contains("3,025.00"), "{}", result.final_response);
    Ok(())
}

/// Explains a refused withdrawal
#[aitest(agents = [large, small], min_pass_rate = 60)]
async fn refused_withdrawal(agent: Agent) -> aitest::Result {
    let result = agent.run("Withdraw $2,000 from checking.").await?;
    assert!(result.tool_was_called_with("withdraw", json!({"account": "checking"})));
    assert!(result.final_response.contains("1,500.00"), "the refusal is not explained: {}", result.final_response);
    Ok(())
}

fn large() -> Agent {
    teller(model::large())
}

fn small() -> Agent {
    teller(model::small())
}
