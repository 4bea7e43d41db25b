use std::time::Duration;

use serde_json::Value;

/// What a [`ScriptedModel`](super::ScriptedModel) says in one turn.
///
/// Texts, and the strings in tool arguments, may quote what tools returned: `{result}` is the last tool result of the
/// conversation, `{result2}` the second one, `{result:/balance}` and `{result2:/accounts/0/name}` a value in it by
/// JSON pointer (RFC 6901). A tool argument that is nothing but such a quote keeps the value's JSON type. What cannot
/// be quoted becomes a text that says so, `[no /balance in the last tool result]`. Other braces stay as they are.
///
/// A combination without a meaning, such as `Reply::text("…").retry_after(1)`, is answered with HTTP 400 and a
/// message that names it.
///
/// ```
/// # use aitest_agent as aitest;
/// use aitest::testing::{Reply, json};
///
/// let two_at_once = Reply::tool_call("get_balance", json!({"account": "checking"}))
///     .and_tool_call("get_balance", json!({"account": "savings"}));
/// let sometimes_wrong = Reply::one_of([(70, two_at_once), (30, Reply::text("About 4,500, I think."))]);
/// let overloaded_twice = Reply::times(2, Reply::status(429).retry_after(1)).then(sometimes_wrong);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    pub(super) kind: Kind,
    pub(super) latency: Duration,
    pub(super) usage: Option<(u64, u64)>,
    pub(super) finish_reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Message(Message),
    Status(Status),
    CutConnection,
    MalformedJson,
    Html,
    NoChoices,
    Hang,
    OneOf(Vec<(u32, Reply)>),
    Times {
        count: u32,
        reply: Box<Reply>,
        then: Box<Reply>,
    },
    /// The script makes no sense here; the text says why.
    Mistake(String),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Message {
    pub(super) text: Option<String>,
    pub(super) refusal: Option<String>,
    pub(super) calls: Vec<Call>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) tool: String,
    pub(super) arguments: Arguments,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Arguments {
    Json(Value),
    Raw(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Status {
    pub(super) status: u16,
    pub(super) retry_after: Option<u64>,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}

impl Reply {
    /// An answer in words.
    pub fn text(text: impl Into<String>) -> Self {
        Message { text: Some(text.into()), ..Message::default() }.into()
    }

    /// A call of `tool` with `arguments`, normally a JSON object.
    pub fn tool_call(tool: impl Into<String>, arguments: Value) -> Self {
        Message::default().with_call(tool, Arguments::Json(arguments)).into()
    }

    /// A call of `tool` whose arguments are this text, sent as it is: malformed JSON, for example.
    pub fn raw_tool_call(tool: impl Into<String>, arguments: impl Into<String>) -> Self {
        Message::default().with_call(tool, Arguments::Raw(arguments.into())).into()
    }

    /// The model declines, in the message's `refusal`.
    pub fn refusal(text: impl Into<String>) -> Self {
        Message { refusal: Some(text.into()), ..Message::default() }.into()
    }

    /// The provider's content filter cut the answer: an empty one with the finish reason `content_filter`.
    pub fn content_filter() -> Self {
        Reply::text("").finish_reason("content_filter")
    }

    /// An HTTP error, 200 to 599, with an error body in OpenAI's shape.
    pub fn status(status: u16) -> Self {
        if !(200..=599).contains(&status) {
            return Kind::Mistake(format!("Reply::status({status}) is no status of a reply; give 200 to 599")).into();
        }
        Kind::Status(Status { status, retry_after: None, code: None, message: None }).into()
    }

    /// The connection ends in the middle of the reply's body.
    pub fn cut_connection() -> Self {
        Kind::CutConnection.into()
    }

    /// Status 200 with a body that is JSON only in its first half.
    pub fn malformed_json() -> Self {
        Kind::MalformedJson.into()
    }

    /// Status 200 with an HTML page, as a proxy in between sends it.
    pub fn html() -> Self {
        Kind::Html.into()
    }

    /// A well-formed completion whose `choices` are empty.
    pub fn no_choices() -> Self {
        Kind::NoChoices.into()
    }

    /// No answer ever; the connection stays open until the client closes it.
    pub fn hang() -> Self {
        Kind::Hang.into()
    }

    /// One of several replies, each with its weight: the part of all weights is its probability, so with a sum of 100
    /// they are percent.
    ///
    /// The draw is a hash of the iteration's seed, the model's name, the conversation's first user message, the
    /// turn and the nesting of this choice: the same request again in one iteration gets the same reply.
    pub fn one_of(replies: impl IntoIterator<Item = (u32, Reply)>) -> Self {
        let replies: Vec<_> = replies.into_iter().collect();
        if replies.iter().all(|(weight, _)| *weight == 0) {
            return Kind::Mistake("Reply::one_of has no reply with a weight above 0".to_owned()).into();
        }
        Kind::OneOf(replies).into()
    }

    /// The first `count` requests get `reply`, later ones what follows in [`then`](Times::then).
    ///
    /// Counted by the server for each model, iteration and attempt, conversation (first user message) and turn: an
    /// error here says how often a *retry* sees it.
    pub fn times(count: u32, reply: Reply) -> Times {
        Times { count, reply }
    }
}

/// What else a reply has.
impl Reply {
    /// Calls another tool in the same turn.
    #[must_use]
    pub fn and_tool_call(self, tool: impl Into<String>, arguments: Value) -> Self {
        self.edit_message("and_tool_call", |message| message.with_call(tool, Arguments::Json(arguments)))
    }

    /// Says `text` beside its tool calls.
    #[must_use]
    pub fn and_text(self, text: impl Into<String>) -> Self {
        self.edit_message("and_text", |message| Message { text: Some(text.into()), ..message })
    }

    /// Seconds for the header `Retry-After` of a [`status`](Reply::status).
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.edit_status("retry_after", |status| Status { retry_after: Some(seconds), ..status })
    }

    /// `code` and `message` in the error body of a [`status`](Reply::status): `context_length_exceeded`, for example.
    #[must_use]
    pub fn error(self, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.edit_status("error", |status| Status { code: Some(code.into()), message: Some(message.into()), ..status })
    }

    /// Waits before the reply, in addition to the model's [`latency`](super::ScriptedModel::latency).
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// The tokens that the reply reports. Without it they are estimated: bytes ÷ 4, rounded up, of the request's body
    /// and of the reply's message.
    #[must_use]
    pub fn usage(mut self, input_tokens: u64, output_tokens: u64) -> Self {
        self.usage = Some((input_tokens, output_tokens));
        self
    }

    /// The finish reason, instead of `tool_calls` or `stop`: `length`, for example.
    #[must_use]
    pub fn finish_reason(mut self, reason: impl Into<String>) -> Self {
        self.finish_reason = Some(reason.into());
        self
    }

    fn edit_message(mut self, method: &str, change: impl FnOnce(Message) -> Message) -> Self {
        self.kind = match self.kind {
            Kind::Message(message) => Kind::Message(change(message)),
            Kind::Mistake(why) => Kind::Mistake(why),
            _ => Kind::Mistake(format!("Reply::{method} needs a reply with a text or a tool call")),
        };
        self
    }

    fn edit_status(mut self, method: &str, change: impl FnOnce(Status) -> Status) -> Self {
        self.kind = match self.kind {
            Kind::Status(status) => Kind::Status(change(status)),
            Kind::Mistake(why) => Kind::Mistake(why),
            _ => Kind::Mistake(format!("Reply::{method} needs a Reply::status(..)")),
        };
        self
    }
}

/// A reply given a number of times, made by [`Reply::times`].
#[derive(Clone, Debug)]
#[must_use = "say what comes afterwards with `.then(..)`"]
pub struct Times {
    count: u32,
    reply: Reply,
}

impl Times {
    /// What every later request gets.
    pub fn then(self, reply: Reply) -> Reply {
        Kind::Times { count: self.count, reply: Box::new(self.reply), then: Box::new(reply) }.into()
    }
}

impl Message {
    fn with_call(mut self, tool: impl Into<String>, arguments: Arguments) -> Self {
        self.calls.push(Call { tool: tool.into(), arguments });
        self
    }
}

impl From<Message> for Reply {
    fn from(message: Message) -> Self {
        Kind::Message(message).into()
    }
}

impl From<Kind> for Reply {
    fn from(kind: Kind) -> Self {
        Reply { kind, latency: Duration::ZERO, usage: None, finish_reason: None }
    }
}
