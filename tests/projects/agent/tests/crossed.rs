//! Two models and two prompts, every combination: the small model fails one iteration in five.

use aitest::testing::{Reply, ScriptedModel};
use aitest::{Agent, Iteration, Provider, aitest};

struct Made {
    agent: Agent,
    fails: fn(u32) -> bool,
}

fn made(model: &str, prompt: &str) -> Made {
    let provider = Provider::scripted(ScriptedModel::named(model).otherwise([Reply::text("done")]));
    let fails: fn(u32) -> bool = if model == "small" { |index| index.is_multiple_of(5) } else { |_| false };
    Made { agent: Agent::new(provider).system_prompt(prompt), fails }
}

fn large_concise() -> Made {
    made("large", "Be concise.")
}

fn large_verbose() -> Made {
    made("large", "Explain all.")
}

fn small_concise() -> Made {
    made("small", "Be concise.")
}

fn small_verbose() -> Made {
    made("small", "Explain all.")
}

macro_rules! tests {
    ($($name:ident)*) => {$(
        #[aitest(agents = [large_concise, large_verbose, small_concise, small_verbose], iterations = 5, min_pass_rate = 50)]
        async fn $name(made: Made, it: &Iteration) -> aitest::Result {
            made.agent.run("go").await?;
            assert!(!(made.fails)(it.index()), "iteration {} went wrong", it.index());
            Ok(())
        }
    )*};
}

tests! { balance deposit limits statement transfer withdraw loan }
