//! Many runs on one runtime.

use aitest_agent::testing::{Reply, ScriptedModel, json};
use aitest_agent::{Agent, Provider};
use futures_util::future::join_all;

const RUNS: usize = 100;

/// Each run keeps to itself: its prompt, its history, its answer.
#[tokio::test]
async fn a_hundred_runs_at_once() {
    let model = (0..RUNS).fold(ScriptedModel::named("many"), |model, run| {
        let turns = [Reply::tool_call("none", json!({ "run": run })), Reply::text(format!("answer {run}"))];
        model.on(format!("run {run};"), turns)
    });
    let agent = Agent::new(Provider::scripted(model));
    let runs = (0..RUNS).map(|run| agent.run(format!("run {run};")).into_future());
    for (run, result) in join_all(runs).await.into_iter().enumerate() {
        let result = result.unwrap();
        assert_eq!(result.final_response, format!("answer {run}"));
        assert_eq!((result.turns.len(), result.messages().len()), (2, 4));
        assert_eq!(result.all_tool_calls()[0].arg::<usize>("run").unwrap(), run);
    }
}
