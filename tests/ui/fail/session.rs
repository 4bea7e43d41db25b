use aitest::{Agent, Iteration, Session, aitest};

fn small() -> Agent {
    Agent::new("openai/gpt-5-mini")
}

#[aitest(session)]
fn no_module() {}

#[aitest]
mod no_session {}

#[aitest(session)]
mod elsewhere;

#[aitest(session = 5)]
mod a_value {
    fn agent() {}
    #[step]
    fn asks(_s: &mut super::Session) {}
}

#[aitest(session)]
mod empty {
    fn agent() {}
}

#[aitest(session, cases = small, crate = aitest)]
#[should_panic]
#[tokio::test]
mod everything {
    use super::{Iteration, Session};

    fn session() {}

    #[step(twice)]
    #[ignore]
    async unsafe fn asks<T>(_s: Session) {}

    #[step]
    fn nothing() {}

    #[step]
    fn wrong_order(_it: &Iteration, _s: &mut Session) {}

    #[step]
    #[test]
    #[cfg(unix)]
    fn too_much(_s: &mut Session, _it: &Iteration, _more: u32) {}

    #[step]
    const NUMBER: u32 = 5;
}

#[aitest(session)]
mod agent_with_parameters {
    fn agent(_name: &str) {}
    #[step]
    fn asks(_s: &mut super::Session) {}
}

#[aitest(session, models = ["openai/gpt-5-mini"])]
mod agent_without_a_model {
    fn agent() {}
    #[step]
    fn asks(_s: &mut super::Session) {}
}

#[aitest(session, agents = [small])]
mod correct {
    #[step]
    fn asks(_s: &mut super::Session) {}
}

fn main() {}
