use super::super::results::{Arguments, Call, Results, Step, Text, Turn};
use super::super::text::{duration_text, grouped};
use super::numbers::sizes;
use super::shown::Shown;
use crate::record::{Role, ToolImage};

/// Characters of a shared prompt that stand in a transcript.
const EXCERPT: usize = 240;

/// What was said and called in one iteration.
pub(crate) struct Transcript<'r> {
    /// `3 turns, 1 tool call`
    pub(crate) sizes: String,
    pub(crate) turns: Vec<TurnView<'r>>,
}

/// One entry of a transcript.
pub(crate) struct TurnView<'r> {
    /// The step of a session that begins with this turn.
    pub(crate) step: Option<Shown<'r>>,
    /// `system`, `user`, `assistant`, `note`.
    pub(crate) role: &'static str,
    pub(crate) text: Shown<'r>,
    /// Where the whole text is, and how long.
    pub(crate) whole: Option<(String, String)>,
    /// What the model thought.
    pub(crate) reasoning: Option<Shown<'r>>,
    /// Time, tokens, why the model stopped, what was served.
    pub(crate) facts: Shown<'r>,
    pub(crate) calls: Vec<CallView<'r>>,
}

/// One tool call.
pub(crate) struct CallView<'r> {
    pub(crate) server: Shown<'r>,
    pub(crate) tool: Shown<'r>,
    pub(crate) duration: String,
    pub(crate) args: Shown<'r>,
    pub(crate) result: Option<Shown<'r>>,
    pub(crate) error: Option<Shown<'r>>,
    pub(crate) omitted: Option<Shown<'r>>,
    /// Type, size and file of each image.
    pub(crate) images: Vec<Shown<'r>>,
}

impl<'r> Transcript<'r> {
    /// `None` when nothing was said.
    pub(super) fn of(turns: &'r [Turn<'r>], results: &'r Results<'r>) -> Option<Self> {
        let answers = turns.iter().filter(|turn| turn.role.known() == Some(Role::Assistant)).count() as u64;
        let calls = turns.iter().map(|turn| turn.calls.len() as u64).sum();
        (!turns.is_empty()).then(|| Transcript {
            sizes: sizes(answers, calls),
            turns: turns.iter().map(|turn| turn_view(turn, results)).collect(),
        })
    }
}

impl<'r> Transcript<'r> {
    /// The same with the place where each of `steps` begins.
    pub(super) fn parted(mut self, steps: &'r [Step<'r>]) -> Self {
        for step in steps.iter().filter(|step| step.turns > 0) {
            if let Some(turn) = self.turns.get_mut(step.first_turn as usize) {
                turn.step = Some(Shown::from(step.name.as_ref()));
            }
        }
        self
    }
}

fn turn_view<'r>(turn: &'r Turn<'r>, results: &'r Results<'r>) -> TurnView<'r> {
    let (text, whole) = match &turn.text {
        Text::Inline(text) => (Shown::from(text.as_ref()), None),
        Text::Shared { str } => shared(*str, results),
    };
    TurnView {
        step: None,
        role: role_name(turn.role.known()),
        text,
        whole,
        reasoning: turn.reasoning.as_deref().map(Shown::from),
        facts: facts(turn).into(),
        calls: turn.calls.iter().map(call_view).collect(),
    }
}

fn shared<'r>(index: usize, results: &'r Results<'r>) -> (Shown<'r>, Option<(String, String)>) {
    let text = results.strings.get(index).map_or("", AsRef::as_ref);
    let mut excerpt: String = text.chars().take(EXCERPT).collect();
    excerpt.push('…');
    let size = format!("the whole text, {} characters", grouped(text.chars().count() as u64));
    (Shown::from(excerpt), Some((format!("s-{index}"), size)))
}

fn role_name(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::System) => "system",
        Some(Role::User) => "user",
        Some(Role::Assistant) => "assistant",
        Some(Role::Note) | None => "note",
    }
}

fn facts(turn: &Turn<'_>) -> String {
    let mut facts = Vec::new();
    if turn.ms > 0 {
        facts.push(duration_text(turn.ms));
    }
    if let Some(usage) = &turn.usage {
        let part = |count: Option<u64>, word: &str| count.map(|count| format!("{} {word}", grouped(count)));
        let parts = [part(usage.input_tokens, "in"), part(usage.output_tokens, "out")];
        facts.push(parts.into_iter().flatten().collect::<Vec<_>>().join(" / "));
    }
    facts.extend(turn.finish_reason.as_deref().map(str::to_owned));
    facts.extend(turn.served_model.as_deref().map(|model| format!("served by {model}")));
    facts.retain(|fact| !fact.is_empty());
    facts.join(" · ")
}

fn call_view<'r>(call: &'r Call<'r>) -> CallView<'r> {
    let args = match &call.args {
        Arguments::Json(value) => value.get(),
        Arguments::Text(text) => text,
    };
    CallView {
        server: Shown::from(call.server.as_deref().unwrap_or_default()),
        tool: Shown::from(call.tool.as_ref()),
        duration: duration_text(call.ms),
        args: Shown::from(args),
        result: call.result.as_deref().map(Shown::from),
        error: call.error.as_deref().map(Shown::from),
        images: call.images.iter().map(image_text).collect(),
        omitted: call.omitted.as_deref().map(|omitted| {
            let (bytes, hash) = (grouped(omitted.bytes), &omitted.sha256);
            Shown::from(format!("… {bytes} bytes omitted; the whole text is in the run's blobs/{hash}"))
        }),
    }
}

fn image_text<'r>(image: &ToolImage) -> Shown<'r> {
    let size = image.bytes.map_or_else(|| "not decodable".to_owned(), |bytes| format!("{} bytes", grouped(bytes)));
    let place = image.blob.as_ref().map_or_else(|| "not kept".to_owned(), |blob| format!("in the run's blobs/{blob}"));
    Shown::from(format!("image {}, {size}, {place}", image.mime_type))
}
