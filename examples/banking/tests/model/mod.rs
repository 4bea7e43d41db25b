//! The two models that the tests ask.
//!
//! Scripted ones by default, which go wrong as real ones do: now and then, by the run's seed. With `BANKING_MODEL`, and
//! `BANKING_SMALL_MODEL` for the smaller one, real ones: `openai/gpt-5-mini`.

use std::env;

use aitest::Provider;
use aitest::testing::{Reply, ScriptedModel, json};

pub(crate) fn large() -> Provider {
    match env::var("BANKING_MODEL") {
        Ok(model) => Provider::new(model),
        Err(_) => Provider::scripted(script("teller-large", 100)),
    }
}

pub(crate) fn small() -> Provider {
    match env::var("BANKING_SMALL_MODEL").or_else(|_| env::var("BANKING_MODEL")) {
        Ok(model) => Provider::new(model),
        Err(_) => Provider::scripted(script("teller-small", 70)),
    }
}

/// A model that owns up to `honesty` percent of what the bank refused.
fn script(name: &str, honesty: u32) -> ScriptedModel {
    let transfer = |from, to| Reply::tool_call("transfer", json!({"from": from, "to": to, "amount": 200}));
    let deposit = |account, amount| json!({"account": account, "amount": amount});
    ScriptedModel::named(name)
        .on(
            "balance",
            [
                Reply::tool_call("get_balance", json!({"account": "checking"})),
                Reply::text("Your checking account holds {result:/balance}."),
            ],
        )
        .on(
            "transfer",
            [
                Reply::one_of([
                    (70, transfer("checking", "savings")),
                    (15, transfer("savings", "checking")),
                    (15, Reply::text("Done! I have transferred $200.00 from checking to savings.")),
                ]),
                Reply::text("Done: {result:/from/account} now holds {result:/from/balance}."),
            ],
        )
        .on(
            "deposit",
            [
                Reply::tool_call("deposit", deposit("checking", 50)).and_tool_call("deposit", deposit("savings", 25)),
                Reply::text("Done. Checking: {result1:/balance}, savings: {result2:/balance}."),
            ],
        )
        .on(
            "withdraw",
            [
                Reply::tool_call("withdraw", json!({"account": "checking", "amount": 2000})),
                Reply::one_of([
                    (honesty, Reply::text("I could not do that: {result}.")),
                    (100 - honesty, Reply::text("Done! Here are your $2,000.00.")),
                ]),
            ],
        )
}
