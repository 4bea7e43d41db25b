//! Is the skill worth its tokens, and is its second version better?
//!
//! `cargo test -p skills` asks a scripted model, no key needed. A real one is asked by
//! `SKILLS_MODEL=openai/gpt-5-mini cargo test -p skills`.

mod model;

use aitest::{Agent, Skill, aitest};

fn without() -> Agent {
    Agent::new(model::teller()).system_prompt("You are a bank teller.")
}

fn version_1() -> aitest::Result<Agent> {
    Ok(without().skill(Skill::from_path("skills/v1/money-transfers")?))
}

fn version_2() -> aitest::Result<Agent> {
    Ok(without().skill(Skill::from_path("skills/v2/money-transfers")?))
}

/// Names the limit of a day
///
/// The threshold is low: what is wanted is the comparison.
#[aitest(agents = [without, version_1, version_2], min_pass_rate = 5)]
async fn limit(agent: Agent) -> aitest::Result {
    let result = agent.run("May I transfer $6,000 today?").await?;
    assert!(result.final_response.contains("$5,000 a day"), "the limit is not named: {}", result.final_response);
    Ok(())
}

/// Names the fee, which only the second version knows
#[aitest(agents = [without, version_1, version_2], min_pass_rate = 5)]
async fn fee(agent: Agent) -> aitest::Result {
    let result = agent.run("What does a transfer abroad cost?").await?;
    assert!(result.final_response.contains("Abroad: $4.50"), "the fee is not named: {}", result.final_response);
    Ok(())
}

/// The second version looks things up more often than not
#[aitest(min_pass_rate = 50)]
async fn looks_it_up() -> aitest::Result {
    let result = version_2()?.run("May I transfer $6,000 today?").await?;
    assert_eq!(result.skill_info().len(), 1);
    result.assert_tool_called("read_skill_reference");
    Ok(())
}
