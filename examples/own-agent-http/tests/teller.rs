//! An agent written by hand, behind a tap: the base URL is all that differs from its use outside a test.

use aitest::testing::{Reply, ScriptedModel, json};
use aitest::{Iteration, Tap, TapExt, Wire, aitest};
use own_agent_http::Teller;

/// A scripted model instead of a real one, so that no key is needed. Without `.to(..)` it would be OpenAI's.
fn tap(it: &Iteration, model: &ScriptedModel) -> aitest::Result<Tap> {
    Ok(it.tap(Wire::OpenAi)?.to(model.base_url()).provider("scripted"))
}

fn model() -> ScriptedModel {
    let transfer = |from, to| Reply::tool_call("transfer", json!({"from": from, "to": to, "amount": 200}));
    ScriptedModel::named("teller")
        .on(
            "balance",
            [
                Reply::tool_call("get_balance", json!({"account": "checking"})),
                Reply::text("Your checking account holds {result}."),
            ],
        )
        .on(
            "transfer",
            [
                Reply::one_of([(70, transfer("checking", "savings")), (30, transfer("savings", "checking"))]),
                Reply::text("Done: {result}."),
            ],
        )
}

/// Looks up a balance
#[aitest]
async fn balance(it: &Iteration) -> aitest::Result {
    let model = model();
    let answer = Teller::at(&tap(it, &model)?.base_url()).ask("What is my checking balance?").await?;
    assert!(answer.contains("1500"), "{answer}");
    Ok(())
}

/// Transfers money, and in the right direction
#[aitest(min_pass_rate = 60)]
async fn transfer(it: &Iteration) -> aitest::Result {
    let model = model();
    let answer = Teller::at(&tap(it, &model)?.base_url()).ask("Transfer $200 from checking to savings.").await?;
    assert!(answer.contains("200 from checking to savings"), "the money left the wrong account: {answer}");
    Ok(())
}
