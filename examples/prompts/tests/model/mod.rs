//! The models that the tests ask: scripted ones, or those that `PROMPTS_MODELS` names, with commas in between.

use aitest::testing::{Reply, ScriptedModel};
use aitest::{Case, Provider};

pub(crate) fn all() -> Vec<Case<Provider>> {
    match std::env::var("PROMPTS_MODELS") {
        Ok(names) => names.split(',').map(|name| Case::new(name.trim(), Provider::new(name.trim()))).collect(),
        Err(_) => [("teller-large", 90), ("teller-small", 60)].map(scripted).into(),
    }
}

/// A model that minds its system prompt: told so, it owns up instead of guessing, and with more to say it is more often
/// right. `knows` is in percent.
fn scripted((name, knows): (&str, u32)) -> Case<Provider> {
    let answer = |knows: u32, right: &str, wrong: &str| {
        [Reply::one_of([(knows, Reply::text(right)), (100 - knows, Reply::text(wrong))])]
    };
    let model = ScriptedModel::named(name)
        .on_system_prompt("one sentence", answer(knows, "It costs $4.50.", "It is free."))
        .on_system_prompt("rather than guess", answer(knows, "It costs $4.50.", "I do not know what it costs."))
        .on_system_prompt("each step", answer(knows + 8, "First you sign in. It costs $4.50.", "It is free."));
    Case::new(name, Provider::scripted(model))
}
