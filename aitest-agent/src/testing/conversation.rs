use serde::Deserialize;
use serde_json::Value;

/// A request of the chat-completions format, as far as a script looks at it.
#[derive(Debug, Deserialize)]
pub(super) struct Conversation {
    #[serde(rename = "model")]
    _model: String,
    messages: Vec<Message>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
}

#[derive(Debug, Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Message {
    role: Role,
    #[serde(default)]
    content: Value,
    tool_calls: Option<Vec<Call>>,
    tool_call_id: Option<String>,
    #[serde(skip)]
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    System,
    Developer,
    User,
    Assistant,
    Tool,
}

#[derive(Debug, Deserialize)]
struct Call {
    id: String,
}

impl Conversation {
    /// Reads a request's body.
    ///
    /// # Errors
    /// What a provider would refuse with status 400: no JSON, no messages, a tool result that answers no call, a
    /// call without its result.
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        let mut conversation: Conversation =
            serde_json::from_slice(body).map_err(|error| format!("the request's body cannot be read: {error}"))?;
        for message in &mut conversation.messages {
            message.text = text(std::mem::take(&mut message.content));
        }
        if conversation.messages.is_empty() {
            return Err("`messages` is empty; send at least one".to_owned());
        }
        check_calls(&conversation.messages)?;
        Ok(conversation)
    }

    /// Whether the reply is to be streamed.
    pub(super) fn stream(&self) -> bool {
        self.stream == Some(true)
    }

    /// Whether a streamed reply ends with its usage.
    pub(super) fn stream_usage(&self) -> bool {
        self.stream_options.as_ref().and_then(|options| options.include_usage) == Some(true)
    }

    /// The first user message; empty without one.
    pub(super) fn opening(&self) -> &str {
        self.messages.iter().find(|message| message.role == Role::User).map_or("", |message| &message.text)
    }

    /// The system prompt; empty without one.
    pub(super) fn system_prompt(&self) -> &str {
        let is_system = |message: &&Message| matches!(message.role, Role::System | Role::Developer);
        self.messages.iter().find(is_system).map_or("", |message| &message.text)
    }

    /// Assistant messages so far.
    pub(super) fn turn(&self) -> usize {
        turns(&self.messages)
    }

    /// The user messages, newest first, each with the number of assistant messages after it.
    pub(super) fn prompts(&self) -> impl Iterator<Item = (&str, usize)> {
        let messages = self.messages.iter().enumerate().rev();
        messages
            .filter(|(_, message)| message.role == Role::User)
            .map(|(at, message)| (message.text.as_str(), turns(&self.messages[at..])))
    }

    /// The tool results, in order.
    pub(super) fn results(&self) -> Vec<&str> {
        self.messages.iter().filter(|message| message.role == Role::Tool).map(|message| message.text.as_str()).collect()
    }
}

fn turns(messages: &[Message]) -> usize {
    messages.iter().filter(|message| message.role == Role::Assistant).count()
}

/// Content is a string, or an array of parts of which the texts count.
fn text(content: Value) -> String {
    match content {
        Value::String(text) => text,
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

/// Every tool result answers an open call, and every call is answered before the conversation goes on.
fn check_calls(messages: &[Message]) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        if message.role == Role::Tool {
            let id = message.tool_call_id.as_deref().unwrap_or("");
            let Some(found) = open.iter().position(|call| *call == id) else {
                return Err(format!("`messages[{at}]` is a tool result for `{id}`, which answers no open tool call"));
            };
            open.swap_remove(found);
        } else if let Some(call) = open.first() {
            return Err(format!("`messages[{at}]` comes before the result of the tool call `{call}`"));
        } else if message.role == Role::Assistant {
            open.extend(message.tool_calls.iter().flatten().map(|call| call.id.as_str()));
        }
    }
    match open.first() {
        Some(call) => Err(format!("the tool call `{call}` has no result")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(messages: &Value) -> Result<Conversation, String> {
        Conversation::parse(json!({"model": "m", "messages": messages}).to_string().as_bytes())
    }

    fn called() -> Value {
        json!({"role": "assistant", "content": null, "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "t", "arguments": "{}"}},
            {"id": "b", "type": "function", "function": {"name": "t", "arguments": "{}"}},
        ]})
    }

    #[test]
    fn a_conversation_is_read() {
        let conversation = parse(&json!([
            {"role": "system", "content": "be brief"},
            {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "image_url"}, {"type": "text", "text": "two"}]},
            called(),
            {"role": "tool", "tool_call_id": "b", "content": "result b"},
            {"role": "tool", "tool_call_id": "a", "content": "result a"},
            {"role": "assistant", "content": "done"},
            {"role": "user", "content": "and now?"},
        ]))
        .unwrap();
        assert_eq!(conversation.opening(), "one\ntwo");
        assert_eq!(conversation.turn(), 2);
        assert_eq!(conversation.prompts().collect::<Vec<_>>(), [("and now?", 0), ("one\ntwo", 2)]);
        assert_eq!(conversation.results(), ["result b", "result a"]);
        assert!(!conversation.stream() && !conversation.stream_usage());
    }

    #[test]
    fn what_a_provider_refuses_is_refused() {
        let user = json!({"role": "user", "content": "hi"});
        let result = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": ""});
        for (messages, message) in [
            (json!([]), "`messages` is empty"),
            (json!([{"role": "robot", "content": ""}]), "unknown variant `robot`"),
            (json!([user, result("a")]), "`messages[1]` is a tool result for `a`, which answers no open tool call"),
            (json!([user, called(), result("a"), result("a")]), "`messages[3]` is a tool result for `a`"),
            (json!([user, called(), result("a"), user]), "comes before the result of the tool call `b`"),
            (json!([user, called(), result("a")]), "the tool call `b` has no result"),
        ] {
            let error = parse(&messages).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
        assert!(Conversation::parse(b"{").unwrap_err().contains("line 1 column 1"));
        assert!(Conversation::parse(br#"{"messages": []}"#).unwrap_err().contains("missing field `model`"));
    }
}
