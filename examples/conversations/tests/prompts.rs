//! Every prompt of a folder with two models: one test, and a row with a verdict for each pair. The models are scripted:
//! no key is needed.
//!
//! `cargo test -p conversations --test prompts` compares them.

use aitest::testing::{Reply, ScriptedModel};
use aitest::{Agent, Case, Model, Provider, SystemPrompt, aitest, load_system_prompts};

fn pairs() -> aitest::Result<Vec<Case<(Model, SystemPrompt)>>> {
    let models = ["scripted/teller-large", "scripted/teller-small"].map(Model::new);
    let prompts = load_system_prompts(concat!(env!("CARGO_MANIFEST_DIR"), "/prompts"))?;
    Ok(Case::product(Case::each(models, Model::name), Case::each(prompts, |prompt| &prompt.name)))
}

/// Names the fee
#[aitest(cases = pairs, min_pass_rate = 50)]
async fn fee((model, prompt): (Model, SystemPrompt)) -> aitest::Result {
    let agent = Agent::new(scripted(&model, &prompt)).system_prompt(&prompt);
    let result = agent.run("What does a transfer abroad cost?").await?;
    assert!(result.final_response.contains("$12.00"), "no fee in: {}", result.final_response);
    Ok(())
}

/// The small model forgets the fee where it has much to say.
fn scripted(model: &Model, prompt: &SystemPrompt) -> Provider {
    let forgets = if model.name() == "teller-small" && prompt.name == "polite" { 30 } else { 0 };
    let answers = [
        (100 - forgets, Reply::text("A transfer abroad costs $12.00.")),
        (forgets, Reply::text("Good morning! A transfer abroad is simple.")),
    ];
    Provider::scripted(ScriptedModel::named(model.name()).otherwise([Reply::one_of(answers)]))
}
