use aitest::{Iteration, aitest};

struct Agent;

fn small() -> Agent {
    Agent
}

mod other {
    pub fn small() -> super::Agent {
        super::Agent
    }
}

#[aitest(agents = [small, other::small])]
fn equal_names(_agent: Agent) {}

#[aitest(agents = [small(), 3, "small", crate, Vec<])]
fn no_paths(_agent: Agent) {}

#[aitest(agents = [])]
fn no_agents(_agent: Agent) {}

#[aitest(agents = small)]
fn no_list(_agent: Agent) {}

#[aitest(agents = [small])]
fn no_parameter() {}

#[aitest(agents = [small])]
fn no_case(_it: &Iteration) {}

#[aitest(agents = [small])]
fn wrong_order(_it: &Iteration, _agent: Agent) {}

#[aitest(agents = [small])]
fn too_much(_agent: Agent, _it: &Iteration, _more: u32) {}

#[aitest(agents = [small])]
fn two_cases(_agent: Agent, _other: Agent) {}

#[aitest(agents = [small])]
#[self::test]
async fn relative_attribute(_agent: Agent) {}

fn main() {}
