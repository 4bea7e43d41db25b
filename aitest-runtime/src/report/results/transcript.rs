use std::borrow::Cow;
use std::collections::HashMap;

use super::{Arguments, Call, Text, Turn};
use crate::record::{self, Role};

/// Prompts of this many bytes and more are written once.
const SHARED_FROM: usize = 512;

/// The table of long prompts: the same system prompt in thousands of transcripts is held and written once.
#[derive(Default)]
pub(super) struct Strings<'a> {
    texts: Vec<Cow<'a, str>>,
    index_of: HashMap<&'a str, usize>,
}

impl<'a> Strings<'a> {
    pub(super) fn into_texts(self) -> Vec<Cow<'a, str>> {
        self.texts
    }

    pub(super) fn turn(&mut self, turn: &'a record::Turn) -> Turn<'a> {
        let is_prompt = matches!(turn.role, Role::System | Role::User);
        Turn {
            role: turn.role.into(),
            text: if is_prompt { self.shared(&turn.text) } else { Text::Inline(Cow::Borrowed(&turn.text)) },
            reasoning: turn.reasoning.as_deref().map(Cow::Borrowed),
            ms: turn.ms,
            calls: turn.calls.iter().map(call).collect(),
            usage: turn.usage,
            finish_reason: turn.finish_reason.as_deref().map(Cow::Borrowed),
            served_model: turn.served_model.as_deref().map(Cow::Borrowed),
        }
    }

    /// `text` itself, or where it stands in the table.
    pub(super) fn shared(&mut self, text: &'a str) -> Text<'a> {
        if text.len() < SHARED_FROM {
            return Text::Inline(Cow::Borrowed(text));
        }
        let texts = &mut self.texts;
        let index = *self.index_of.entry(text).or_insert_with(|| {
            texts.push(Cow::Borrowed(text));
            texts.len() - 1
        });
        Text::Shared { str: index }
    }
}

fn call(call: &record::ToolCall) -> Call<'_> {
    Call {
        id: call.id.as_str().into(),
        server: call.server.as_deref().map(Cow::Borrowed),
        tool: call.tool.as_str().into(),
        args: Arguments::from(call.arguments.as_str()),
        result: call.result.as_deref().map(Cow::Borrowed),
        error: call.error.as_deref().map(Cow::Borrowed),
        ms: call.ms,
        images: Cow::Borrowed(&call.images),
        omitted: call.omitted.as_ref().map(Cow::Borrowed),
    }
}
