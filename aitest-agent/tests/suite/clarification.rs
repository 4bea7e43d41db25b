//! Answers that ask back.

use aitest_agent::testing::{Reply, ScriptedModel};
use aitest_agent::{Agent, AgentError, ClarificationDetection, Provider, StopReason};

/// Says `answer`.
fn agent(answer: &str) -> Agent {
    Agent::new(Provider::scripted(ScriptedModel::named("agent-1").otherwise([Reply::text(answer)])))
}

/// Says yes to what holds "Shall I".
fn judge() -> ScriptedModel {
    ScriptedModel::named("judge-1").on("Shall I", [Reply::text("Yes.")]).otherwise([Reply::text("NO").usage(30, 1)])
}

#[tokio::test]
async fn it_is_off_by_default() {
    let result = agent("Shall I transfer it?").run("Transfer $100.").await.unwrap();
    assert_eq!((result.asked_for_clarification(), result.clarification_count()), (None, None));
    assert!(result.success && result.clarification_stats().is_none());
    let panic = std::panic::catch_unwind(|| result.assert_no_clarification().success).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("unknown, since no model judged"), "{message}");
}

#[tokio::test]
async fn asking_back_is_counted() {
    let judge = judge();
    let detection = ClarificationDetection::info().model(Provider::scripted(judge.clone()));
    let result = agent("Shall I transfer it?").run("Transfer $100.").detect_clarification(detection).await.unwrap();
    assert_eq!((result.asked_for_clarification(), result.clarification_count()), (Some(true), Some(1)));
    let stats = result.clarification_stats().unwrap();
    assert_eq!((&stats.turns[..], &stats.examples[..]), (&[0][..], &["Shall I transfer it?".to_owned()][..]));
    assert_eq!(stats.model, "scripted/judge-1");
    assert!(result.success && result.final_response == "Shall I transfer it?");
    assert_eq!(result.messages().len(), 2, "the judge is no part of the conversation");
    let asked = judge.requests()[0].body()["messages"][1]["content"].as_str().unwrap().to_owned();
    assert!(asked.contains("<task>\nTransfer $100.\n</task>"), "{asked}");
}

#[tokio::test]
async fn an_answer_is_no_clarification() {
    let detection = ClarificationDetection::error().model(Provider::scripted(judge()));
    let result = agent("Done: $100 moved.").detect_clarification(detection).run("Transfer $100.").await.unwrap();
    result.assert_success().assert_no_clarification();
    let stats = result.clarification_stats().unwrap();
    assert_eq!((stats.count, stats.token_usage.input_tokens), (0, Some(30)));
    assert_eq!(stats.cost, None, "its price is unknown");
    assert_ne!(result.token_usage.input_tokens, Some(30), "the agent's tokens are its own");
}

#[tokio::test]
async fn asking_back_as_an_error() {
    let detection = ClarificationDetection::error().model(Provider::scripted(judge()));
    let result = agent("Shall I?").detect_clarification(detection).run("Transfer $100.").await.unwrap();
    assert!(!result.success && result.final_response.is_empty());
    assert_eq!(result.error, Some(StopReason::AskedForClarification { message: "Shall I?".to_owned() }));
    assert_eq!(result.asked_for_clarification(), Some(true));
    assert_eq!(result.messages().len(), 2, "the conversation can go on with the answer that was asked for");
}

#[tokio::test]
async fn a_run_without_an_answer_is_not_judged() {
    let judge = judge();
    let model = ScriptedModel::named("agent-1").otherwise([Reply::refusal("Shall I? No.")]);
    let detection = ClarificationDetection::error().model(Provider::scripted(judge.clone()));
    let agent = Agent::new(Provider::scripted(model)).detect_clarification(detection);
    let result = agent.run("go").await.unwrap();
    assert!(matches!(result.error, Some(StopReason::Refused { .. })));
    assert_eq!((result.asked_for_clarification(), judge.requests().len()), (None, 0));
}

#[tokio::test]
async fn a_judge_that_cannot_be_read_or_asked() {
    let judge = ScriptedModel::named("judge-1").otherwise([Reply::text("Perhaps.")]);
    let detection = ClarificationDetection::info().model(Provider::scripted(judge.clone()));
    let error = agent("Shall I?").detect_clarification(detection).run("go").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "clarification detection: `scripted/judge-1` was to say yes or no, and said \"Perhaps.\"; name another model \
         with `ClarificationDetection::model`"
    );
    assert_eq!(judge.requests().len(), 2, "asked once more");

    let judge = ScriptedModel::named("judge-2").otherwise([Reply::status(401)]);
    let detection = ClarificationDetection::info().model(Provider::scripted(judge));
    let error = agent("Shall I?").detect_clarification(detection).run("go").await.unwrap_err();
    assert!(matches!(error, AgentError::Judge { .. }), "{error}");
    assert!(error.to_string().starts_with("clarification detection: scripted/judge-2: 401"), "{error}");
}
