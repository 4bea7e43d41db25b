//! The evals that came with the skill, each a case, and a `grading.json` for each.

mod model;

use aitest::{Agent, Case, Grading, Skill, SkillEval, aitest, export_grading, load_skill_evals};

const SKILL: &str = "skills/v2/money-transfers";

fn evals() -> aitest::Result<Vec<Case<SkillEval>>> {
    Ok(Case::each(load_skill_evals(SKILL)?, |eval| &eval.name))
}

/// Meets the expectations that came with it
#[aitest(cases = evals, min_pass_rate = 50)]
async fn evaluated(eval: SkillEval) -> aitest::Result {
    let agent = Agent::new(model::teller()).skill(Skill::from_path(SKILL)?);
    let result = agent.run(&eval.prompt).await?;
    let mut grading = Grading::of(&result);
    for expected in &eval.expectations {
        let is_met = result.final_response.contains(expected);
        grading = grading.expectation(expected, is_met, &result.final_response);
    }
    export_grading(format!("{}/gradings/{}", env!("CARGO_TARGET_TMPDIR"), eval.name), &grading)?;
    assert!(grading.passed(), "not as expected: {}", result.final_response);
    Ok(())
}
