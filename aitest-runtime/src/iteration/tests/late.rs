//! What comes after the end of its iteration, and tasks that nobody joins.

use super::fixture::{Engine, outcomes, warnings};
use crate::collector::{self, AgentRun, AgentRunStart, Iteration, RunEnd};
use crate::record::{AgentIdentity, Outcome, TokenUsage};

/// An iteration that has ended, of the test of this thread.
fn ended() -> Iteration {
    let mut ended = None;
    Engine::of(1).drive(|run| {
        super::super::drive_sync(run, |it| it.note("in time"));
        let it = run.begin(2, 1);
        it.close();
        ended = Some(it);
    });
    ended.expect("an iteration")
}

#[test]
fn what_is_recorded_late_is_warned_of_once() {
    let it = ended();
    for _ in 0..2 {
        it.record_cost(3.0);
        it.record_usage("a/b", TokenUsage::new(1, 1));
        it.note("late");
        it.attach("a", "b");
        it.infrastructure_error("late");
    }
    assert!(!it.at_end(|| unreachable!("its end is over")));
    let warned = warnings("what_is_recorded_late_is_warned_of_once");
    assert_eq!(warned.len(), 5, "{warned:?}");
    for (name, message) in ["record_cost", "record_usage", "note", "attach", "infrastructure_error"].iter().zip(warned)
    {
        assert!(message.contains(&format!("`{name}` was called after its iteration had ended")), "{message}");
        assert!(message.contains("is lost: the body must await or join"), "{message}");
    }
}

#[test]
fn an_agent_that_runs_late_is_warned_of_once() {
    let it = ended();
    let _entered = it.enter();
    let agent = AgentIdentity { provider: "a".to_owned(), model: "b".to_owned(), ..AgentIdentity::default() };
    let prompt = Some("p".to_owned());
    let run = AgentRun::begin(AgentRunStart { agent, system: None, prompt, context: 0, setup: None });
    run.end(RunEnd::Answered { final_response: None });
    let warned = warnings("an_agent_that_runs_late_is_warned_of_once");
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].contains("an agent ran after its iteration had ended"), "{warned:?}");
}

#[test]
fn a_panic_of_a_task_that_nobody_joins_is_warned_of_once() {
    let records = Engine::of(3).run(async |it| {
        let number = it.index();
        drop(collector::spawn(async move { panic!("nobody joins me, {number}") }));
        tokio::task::yield_now().await;
    });
    assert_eq!(outcomes(&records), [Outcome::Passed; 3]);
    let warned = warnings("a_panic_of_a_task_that_nobody_joins_is_warned_of_once");
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].contains("did not fail by it: nobody joins me, 1 at "), "{warned:?}");
    assert!(warned[0].contains("late.rs:"), "{warned:?}");
}

#[test]
fn a_panic_of_a_task_after_its_iteration_is_warned_of() {
    Engine::of(2).run(async |it| {
        if it.index() == 1 {
            // Polled when the body waits the next time, in iteration 2.
            drop(collector::spawn(async { panic!("too late") }));
        } else {
            tokio::task::yield_now().await;
        }
    });
    let warned = warnings("a_panic_of_a_task_after_its_iteration_is_warned_of");
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].contains("too late"), "{warned:?}");
}

#[test]
fn a_task_that_fails_its_iteration_needs_no_warning() {
    let records = Engine::of(1).run(async |it| {
        let number = it.index();
        collector::spawn(async move { assert!(number > 1, "joined") }).await.expect("the task is well");
    });
    assert_eq!(outcomes(&records), [Outcome::Failed]);
    assert!(warnings("a_task_that_fails_its_iteration_needs_no_warning").is_empty());
}
