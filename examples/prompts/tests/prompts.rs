//! Which prompt is best, and on which model?
//!
//! `cargo test -p prompts` asks scripted models, no key needed. Real ones are asked by
//! `PROMPTS_MODELS=openai/gpt-5-mini,anthropic/claude-haiku-4-5 cargo test -p prompts`.

mod model;

use aitest::{Agent, Case, Provider, SystemPrompt, aitest, load_system_prompts};

/// Each model with each prompt of the folder: a prompt that is added is tested.
fn all() -> aitest::Result<Vec<Case<(Provider, SystemPrompt)>>> {
    let prompts = load_system_prompts("prompts")?;
    Ok(Case::product(model::all(), Case::each(prompts, |prompt| &prompt.name)))
}

/// Names the fee
///
/// The threshold is low: what is wanted is the comparison.
#[aitest(cases = all, min_pass_rate = 30)]
async fn fee((model, prompt): (Provider, SystemPrompt)) -> aitest::Result {
    let result = Agent::new(model).system_prompt(&prompt).run("What does a transfer abroad cost?").await?;
    assert!(result.final_response.contains("$4.50"), "the fee is not named: {}", result.final_response);
    Ok(())
}

/// Says nothing that is wrong
#[aitest(cases = all, min_pass_rate = 30)]
async fn nothing_wrong((model, prompt): (Provider, SystemPrompt)) -> aitest::Result {
    let result = Agent::new(model).system_prompt(&prompt).run("Is a transfer abroad free?").await?;
    assert!(!result.final_response.contains("is free"), "it is not: {}", result.final_response);
    Ok(())
}
