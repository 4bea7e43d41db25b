//! An agent of the test's own, told by hand.

use std::time::Duration;

use super::fixture::{Engine, outcomes, warnings};
use crate::collector::{self, Iteration};
use crate::record::{Cost, IterationRecord, Outcome, Role, TokenUsage, Turn};
use crate::redact::secret;

const TOOK: Duration = Duration::from_millis(7);

fn tell(it: &Iteration) {
    it.set_agent("teller", "openai/gpt-5-mini");
    it.record_system_prompt("be brief");
    it.record_prompt("What is my balance?");
    it.record_turn("", TokenUsage::new(1_000_000, 0), TOOK);
    it.record_tool_call("get_balance", serde_json::json!({"account": "checking"}), Ok::<_, &str>(1500), TOOK);
    it.record_tool_call("transfer", "{\"to\":", Err::<&str, _>("no such account"), TOOK);
    it.record_turn("You have $1,500.", TokenUsage::new(0, 0), TOOK);
}

fn one(body: impl Fn(Iteration) + Copy + Send + 'static) -> IterationRecord {
    Engine::of(1).sync(body).remove(0)
}

#[test]
fn what_is_told_stands_in_the_record() {
    let record = one(|it| tell(&it));
    assert_eq!(record.agents, ["teller"]);
    let roles: Vec<Role> = record.turns.iter().map(|turn| turn.role).collect();
    assert_eq!(roles, [Role::System, Role::User, Role::Assistant, Role::Assistant]);
    assert_eq!((record.turns[2].ms, record.turns[2].usage), (7, Some(TokenUsage::new(1_000_000, 0))));
    let [balance, transfer] = &record.turns[2].calls[..] else { panic!("{:?}", record.turns[2]) };
    assert_eq!((balance.tool.as_str(), balance.arguments.as_str()), ("get_balance", r#"{"account":"checking"}"#));
    assert_eq!((balance.result.as_deref(), balance.error.as_deref(), balance.ms), (Some("1500"), None, 7));
    assert_eq!((transfer.arguments.as_str(), transfer.error.as_deref()), ("{\"to\":", Some("no such account")));
    assert_eq!(record.final_response.as_deref(), Some("You have $1,500."));
    assert_eq!(record.agent.usage, TokenUsage::new(1_000_000, 0));
    assert_eq!((record.agent.cost, record.agent.unpriced), (Cost::from_usd(0.25), 0), "priced by the agent's model");
}

#[test]
fn the_free_functions_tell_the_current_iteration() {
    let records = Engine::of(1).sync(|_| {
        collector::set_agent("teller", "openai/gpt-5-mini");
        collector::record_system_prompt("be brief");
        collector::record_prompt("What is my balance?");
        collector::record_turn("", TokenUsage::new(1_000_000, 0), TOOK);
        let arguments = serde_json::json!({"account": "checking"});
        collector::record_tool_call("get_balance", arguments, Ok::<_, &str>(1500), TOOK);
        collector::record_tool_call("transfer", "{\"to\":", Err::<&str, _>("no such account"), TOOK);
        collector::record_turn("You have $1,500.", TokenUsage::new(0, 0), TOOK);
    });
    let told = one(|it| tell(&it));
    assert_eq!((&records[0].turns, &records[0].agent), (&told.turns, &told.agent));
    collector::record_prompt("nobody's");
    let warned = warnings("aitest::record_prompt was called outside an iteration");
    assert_eq!(warned.len(), 1, "{warned:?}");
}

#[test]
fn what_is_unknown_is_not_zero() {
    let record = one(|it| {
        it.record_turn("hi", None, TOOK);
        it.set_agent("teller", "no/such-model");
        it.record_turn("hi", TokenUsage::new(1, 1), TOOK);
    });
    assert_eq!((record.agent.cost, record.agent.unpriced), (None, 2));
    assert_eq!(record.turns[0].usage, None);
}

#[test]
fn a_call_without_a_turn_is_kept_and_no_secret_is() {
    secret("BANK_TOKEN", "hand-4711-secret");
    let record = one(|it| {
        it.record_prompt("hand-4711-secret");
        it.record_tool_call("t", "{}", Ok::<_, &str>("hand-4711-secret"), TOOK);
    });
    let expected = Turn { calls: record.turns[1].calls.clone(), ..Turn::text(Role::Assistant, "") };
    assert_eq!(record.turns[1], expected);
    assert_eq!(record.turns[1].calls[0].result.as_deref(), Some("[redacted:BANK_TOKEN]"));
    assert_eq!(record.turns[0].text, "[redacted:BANK_TOKEN]");
    assert!(record.agent.is_empty(), "no answer of a model is known");
}

#[test]
fn an_ending_still_records() {
    let records = Engine::of(1).sync(|it| {
        let ending = it.clone();
        assert!(it.at_end(move || ending.note("at the end")));
    });
    assert_eq!((outcomes(&records), &*records[0].notes), (vec![Outcome::Passed], &["at the end".to_owned()][..]));
}
