//! Tests of several models and cases, run by tests/suite.

use aitest::testing::{Reply, ScriptedModel};
use aitest::{Agent, Case, Iteration, Model, Provider, aitest};

fn scripted(name: &str) -> Provider {
    Provider::scripted(ScriptedModel::named(name).otherwise([Reply::text(format!("I am {name}."))]))
}

async fn teller(model: Model) -> aitest::Result<Agent> {
    Ok(Agent::new(scripted(model.name())))
}

/// Tells its name
#[aitest(models = ["openai/gpt-5-mini", "anthropic/claude-haiku-4-5"], agent = teller)]
async fn agents(agent: Agent) -> aitest::Result {
    let result = agent.run("Who are you?").await?;
    assert!(result.final_response.contains("gpt"), "{}", result.final_response);
    Ok(())
}

#[aitest(models = ["openai/gpt-5-mini", "github/openai/4o"])]
fn models(model: Model, it: &Iteration) {
    it.note(format!("{} of {}", model.name(), model.provider()));
}

fn prompts() -> Vec<Case<(Model, &'static str)>> {
    let models = ["openai/small", "openai/large"].map(Model::new);
    Case::product(Case::each(models, Model::name), [Case::new("brief", "Hi."), Case::new("polite", "Good morning.")])
}

/// Greets
#[aitest(cases = prompts, iterations = 2, min_pass_rate = 50)]
async fn greets((model, prompt): (Model, &'static str), it: &Iteration) -> aitest::Result {
    let result = Agent::new(scripted(model.name())).run(prompt).await?;
    assert!(result.final_response.contains(model.name()));
    assert!(model.name() == "small" || prompt == "Hi.", "{prompt} in {}", it.index());
    Ok(())
}

fn failing() -> Result<Vec<Case<u8>>, String> {
    Err("no folder `prompts`".to_owned())
}

#[aitest(cases = failing)]
fn unbuilt(_number: u8) {}

fn twice() -> Vec<Case<u8>> {
    vec![Case::new("a", 1), Case::new("a", 2)]
}

#[aitest(cases = twice)]
async fn ambiguous(_number: u8) {}

/// Follows the setting, or does not
#[aitest]
async fn follows() -> aitest::Result {
    Agent::new(Provider::or(scripted("fallback"))).run("Who are you?").await?;
    Ok(())
}

#[aitest]
async fn stays() -> aitest::Result {
    Agent::new(scripted("fixed")).run("Who are you?").await?;
    Ok(())
}

#[aitest]
async fn defaults() -> aitest::Result {
    Agent::new(Provider::default()).run("Who are you?").await?;
    Ok(())
}
