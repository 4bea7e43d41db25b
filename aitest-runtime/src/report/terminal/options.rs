use super::super::status::Status;
use super::super::text::visible;

/// How much the block says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// Every test that did not pass; passing ones are folded when there are many, or when one did not pass.
    #[default]
    Summary,
    /// Every test and every cause.
    Verbose,
}

/// How the block is written, and what it names.
#[derive(Clone, Debug, Default)]
pub struct TerminalOptions {
    /// How much it says.
    pub output: Output,
    /// Whether the words PASS, FLAKY, FAIL stand in color.
    pub color: bool,
    /// Whether more than ASCII may be written: the locale is UTF-8.
    pub unicode: bool,
    /// Where the page is.
    pub report: Option<String>,
    /// Where the results are.
    pub json: Option<String>,
    /// Whether a process runs one test alone: then its own line and causes are all.
    pub nextest: bool,
    /// Whether `AITEST_ONLY` picked the iterations.
    pub partial: bool,
    /// Whether cargo starts no further test binary when this one fails.
    pub fail_fast: bool,
}

impl TerminalOptions {
    /// `text` in one line that changes nothing but the line it is written to.
    pub(super) fn line(&self, text: &str) -> String {
        let text = visible(text).replace(['\n', '\t'], " ");
        if self.unicode { text } else { ascii(&text) }
    }

    /// A text whose cuts are marked by `…`, marked as this terminal can show it, in the same width.
    pub(super) fn mark_cut(&self, text: String) -> String {
        if self.unicode { text } else { text.replace('…', "~") }
    }

    pub(super) fn paint(&self, status: Status, word: &str) -> String {
        let color = match status {
            Status::Pass => 32,
            Status::Flaky => 33,
            Status::Fail => 31,
            Status::Errored => 35,
            Status::Inconclusive => 36,
        };
        if self.color { format!("\u{1b}[1;{color}m{word}\u{1b}[0m") } else { word.to_owned() }
    }
}

fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '…' => plain.push_str("..."),
            '–' | '—' => plain.push('-'),
            '→' => plain.push_str("->"),
            '×' => plain.push('x'),
            '≥' => plain.push_str(">="),
            c if c.is_ascii() => plain.push(c),
            c => plain.extend(c.escape_unicode()),
        }
    }
    plain
}
