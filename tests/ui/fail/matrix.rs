use aitest::{Agent, Case, Iteration, Model, aitest};

fn teller(model: Model) -> Agent {
    Agent::new(model)
}

fn prompts() -> Vec<Case<String>> {
    Vec::new()
}

#[aitest(models = ["gpt-5-mini", "openai/", 5, teller, "a b/c", ])]
fn no_models(_model: Model) {}

#[aitest(models = [])]
fn none(_model: Model) {}

#[aitest(models = "openai/gpt-5-mini")]
fn no_list(_model: Model) {}

#[aitest(models = ["openai/gpt-5-mini", "azure/GPT.5.mini"])]
fn equal_names(_model: Model) {}

#[aitest(models = ["openai/gpt-5-mini"])]
fn no_parameter() {}

#[aitest(models = ["openai/gpt-5-mini"], agent = teller())]
fn no_path(_agent: Agent) {}

#[aitest(agent = teller)]
fn nothing_to_make_one_of(_agent: Agent) {}

#[aitest(models = ["openai/gpt-5-mini"], agents = [teller], cases = prompts)]
fn too_many(_agent: Agent) {}

#[aitest(cases = [prompts])]
fn a_list(_prompt: String) {}

#[aitest(cases = prompts)]
fn wrong_order(_it: &Iteration, _prompt: String) {}

#[aitest(cases = prompts)]
fn no_case() {}

#[aitest(cases)]
fn no_value(_prompt: String) {}

fn main() {}
