//! Two agents of the user's own over the same tests: `strong` always passes, `weak` every second time.

use aitest::{Iteration, TokenUsage, aitest};

/// An agent: the model that it says it is, and whether it fails at an iteration.
struct Own {
    model: &'static str,
    fails: fn(u32) -> bool,
}

fn strong() -> Own {
    Own { model: "openai/gpt-5", fails: |_| false }
}

fn weak() -> Own {
    Own { model: "openai/gpt-5-mini", fails: |index| index.is_multiple_of(2) }
}

fn run(agent: &Own, it: &Iteration) {
    it.record_usage(agent.model, TokenUsage::new(400, 40));
    assert!(!(agent.fails)(it.index()), "iteration {} went wrong", it.index());
}

macro_rules! tests {
    ($($name:ident)*) => {$(
        #[aitest(agents = [strong, weak], iterations = 10, min_pass_rate = 50)]
        fn $name(agent: Own, it: &Iteration) {
            run(&agent, it);
        }
    )*};
}

tests! { balance deposit limits statement transfer withdraw }
