//! The model that the tests ask: a scripted one, or with `SKILLS_MODEL` a real one, `openai/gpt-5-mini`.

use aitest::Provider;
use aitest::testing::{Reply, ScriptedModel, json};

pub(crate) fn teller() -> Provider {
    match std::env::var("SKILLS_MODEL") {
        Ok(model) => Provider::new(model),
        Err(_) => Provider::scripted(script()),
    }
}

/// A model that now and then answers from memory, rightly or not, instead of looking it up. It is the same for all
/// agents: what it finds is in their skills.
fn script() -> ScriptedModel {
    let look_up = |file: &str| Reply::tool_call("read_skill_reference", json!({ "filename": file }));
    let memory = |right: &str, wrong: &str| Reply::one_of([(2, Reply::text(right)), (1, Reply::text(wrong))]);
    let limit = memory("You may transfer $5,000 a day.", "You may transfer what you have.");
    let fee = memory("Abroad: $4.50.", "A transfer abroad is free.");
    ScriptedModel::named("teller")
        .on("abroad", [Reply::one_of([(7, look_up("fees.md")), (3, fee)]), Reply::text("{result}")])
        .on("transfer", [Reply::one_of([(7, look_up("limits.md")), (3, limit)]), Reply::text("{result}")])
}
