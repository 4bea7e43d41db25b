use std::time::Duration;

use super::conversation::Conversation;
use super::draw::{Place, StableHash};
use super::reply::Reply;

/// What a scripted model knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Script {
    pub(super) name: String,
    /// By the system prompt.
    pub(super) told: Vec<Rule>,
    pub(super) rules: Vec<Rule>,
    pub(super) fallback: Vec<Reply>,
    pub(super) latency: Duration,
    pub(super) key: Option<String>,
    /// The seed outside a test.
    pub(super) seed: u64,
}

/// The turns of a conversation whose prompt or system prompt contains a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rule {
    /// In lower case.
    pub(super) contains: String,
    pub(super) turns: Vec<Reply>,
}

impl Script {
    /// The reply that comes next: of the rule that matches the system prompt, else of the one that matches the newest
    /// user message that any rule matches, else of the fallback. After its last turn, the last one again.
    pub(super) fn reply(&self, conversation: &Conversation) -> Option<&Reply> {
        let system = conversation.system_prompt().to_lowercase();
        let told = self.told.iter().find(|rule| system.contains(&rule.contains));
        let told = told.map(|rule| (&rule.turns, conversation.prompts().next().map_or(0, |(_, turn)| turn)));
        let ruled = told.or_else(|| {
            conversation.prompts().find_map(|(prompt, turn)| {
                let prompt = prompt.to_lowercase();
                self.rules.iter().find(|rule| prompt.contains(&rule.contains)).map(|rule| (&rule.turns, turn))
            })
        });
        let (turns, turn) = ruled.unwrap_or_else(|| (&self.fallback, conversation.turn()));
        turns.get(turn).or(turns.last())
    }

    /// Where `conversation` stands.
    pub(super) fn place(&self, seed: u64, conversation: &Conversation) -> Place {
        let hash = StableHash::new().text(&self.name).text(conversation.opening()).finish();
        Place { seed, conversation: hash, turn: conversation.turn() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn script() -> Script {
        let rule = |contains: &str, turns: &[&str]| Rule {
            contains: contains.to_owned(),
            turns: turns.iter().map(|text| Reply::text(*text)).collect(),
        };
        Script {
            rules: vec![rule("transfer", &["t0", "t1"]), rule("balance", &["b0", "b1"]), rule("mute", &[])],
            told: vec![rule("brief", &["s0", "s1"])],
            fallback: vec![Reply::text("what?")],
            ..Script::default()
        }
    }

    fn said(messages: &Value) -> Option<Reply> {
        let body = json!({"model": "m", "messages": messages}).to_string();
        script().reply(&Conversation::parse(body.as_bytes()).unwrap()).cloned()
    }

    #[test]
    fn the_newest_prompt_that_a_rule_matches_decides() {
        let user = |text: &str| json!({"role": "user", "content": text});
        let model = json!({"role": "assistant", "content": "…"});
        for (messages, reply) in [
            (json!([user("TRANSFER my balance")]), "t0"),
            (json!([user("my balance?"), model]), "b1"),
            (json!([user("my balance?"), model, model, model]), "b1"),
            (json!([user("my balance?"), model, user("malformed, try again")]), "b1"),
            (json!([user("my balance?"), model, user("now transfer it")]), "t0"),
            (json!([user("hello"), model]), "what?"),
            (json!([{"role": "system", "content": "Be BRIEF."}, user("my balance?")]), "s0"),
            (json!([{"role": "developer", "content": "be brief"}, user("a"), model, user("b"), model, model]), "s1"),
            (json!([{"role": "system", "content": "be kind"}, user("my balance?")]), "b0"),
            (json!([user("my balance? be brief")]), "b0"),
        ] {
            assert_eq!(said(&messages), Some(Reply::text(reply)), "{messages}");
        }
        assert_eq!(said(&json!([user("mute")])), None);
    }
}
