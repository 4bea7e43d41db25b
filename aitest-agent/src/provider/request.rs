use super::resolve::Endpoint;
use super::{ChatRequest, RequestOptions, Wire, anthropic, gemini, openai};

/// What our own agent sends.
impl Wire {
    /// What follows the base URL.
    pub(crate) fn path(self, model: &str) -> Vec<String> {
        match self {
            Wire::OpenAi => vec!["chat".to_owned(), "completions".to_owned()],
            Wire::Anthropic => vec!["messages".to_owned()],
            Wire::Gemini => vec!["models".to_owned(), format!("{model}:generateContent")],
        }
    }

    /// Why `options` cannot be sent, as the rest of a sentence about the model.
    pub(crate) fn accepts(self, options: &RequestOptions) -> Result<(), &'static str> {
        match self {
            Wire::Anthropic if options.seed.is_some() => {
                Err("takes no seed: Anthropic's messages have none; leave `seed` out for this model")
            }
            _ => Ok(()),
        }
    }

    /// The body of a request.
    pub(crate) fn body(self, endpoint: &Endpoint, request: &ChatRequest) -> serde_json::Result<Vec<u8>> {
        let mut body = match self {
            Wire::OpenAi => openai::body(endpoint.dialect, endpoint, request)?,
            Wire::Anthropic => anthropic::body(endpoint, request)?,
            Wire::Gemini => gemini::body(endpoint, request)?,
        };
        for (name, value) in &request.options.extra_body {
            body.set(name, value)?;
        }
        body.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::builder::Options;
    use super::super::target::Target;
    use super::super::{AssistantMessage, Message, ToolCallRequest};
    use super::*;

    /// What the model `to` is sent of a conversation that Anthropic began.
    fn handed_on(to: &str) -> Value {
        let call = ToolCallRequest::new("toolu_01A", "a", "{\"x\":");
        let mut said = AssistantMessage::text("I will.").with_tool_call(call);
        said.raw = serde_json::value::RawValue::from_string(r#"[{"type":"thinking","signature":"s"}]"#.to_owned()).ok();
        said.provider = Some("anthropic".to_owned());
        let result = Message::ToolResult {
            call_id: "toolu_01A".to_owned(),
            tool: "a".to_owned(),
            content: "broken".to_owned(),
            images: Vec::new(),
            is_error: true,
        };
        let messages = vec![Message::User("go".to_owned()), Message::Assistant(said), result];
        let request = ChatRequest { messages, ..ChatRequest::default() };
        let env = |_: &str| Some("k".to_owned());
        let options = Options { base_url: Some("http://h/v1".into()), ..Options::default() };
        let endpoint = Endpoint::resolve(&Target::Named(to.into()), &options, &env).unwrap();
        serde_json::from_slice(&endpoint.wire.body(&endpoint, &request).unwrap()).unwrap()
    }

    #[test]
    fn another_provider_gets_a_message_written_anew() {
        let malformed = json!({ "malformed": "{\"x\":" });
        let openai = handed_on("openai/m");
        let call = &openai["messages"][1]["tool_calls"][0];
        assert_eq!((&call["id"], &call["function"]["arguments"]), (&json!("toolu_01A"), &json!(malformed.to_string())));
        let gemini = handed_on("gemini/gemini-3-flash");
        let part = &gemini["contents"][1]["parts"][1];
        assert_eq!(part["functionCall"], json!({ "name": "a", "args": malformed, "id": "toolu_01A" }));
        assert_eq!(gemini["contents"][2]["parts"][0]["functionResponse"]["response"], json!({ "error": "broken" }));
        let mistral = handed_on("mistral/m");
        assert_eq!(mistral["messages"][1]["tool_calls"][0]["id"], mistral["messages"][2]["tool_call_id"]);
        for body in [openai, gemini, mistral] {
            assert!(!body.to_string().contains("signature\":\"s\""), "{body}");
        }
        let anthropic = handed_on("anthropic/m");
        assert_eq!(anthropic["messages"][1]["content"], json!([{ "type": "thinking", "signature": "s" }]));
        assert_eq!(anthropic["messages"][2]["content"][0]["is_error"], true);
    }
}
