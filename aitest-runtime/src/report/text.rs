use std::borrow::Cow;

/// `text` with what cannot be seen made visible: control characters, bidirectional controls and other invisible ones
/// stand as `\u{202e}`. Line breaks and tabs stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(may_begin_hidden) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            c if is_hidden(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Whether a hidden character's UTF-8 form may begin with `byte`: most texts are dismissed by their bytes alone.
fn may_begin_hidden(byte: u8) -> bool {
    matches!(byte, 0..=8 | 11..=31 | 127 | 0xc2 | 0xd8 | 0xe2 | 0xef | 0xf3)
}

fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Marks and embeddings that turn the direction of text, line separators, zero width spaces, tag characters.
        '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{feff}' | '\u{e0000}'..='\u{e007f}' => true,
        c => c.is_control(),
    }
}

/// `<1 ms`, `12 ms`, `4.5 s`, `4 min 12 s`, `1 h 02 min`.
pub(crate) fn duration_text(ms: u64) -> String {
    let (tenths, seconds, minutes) = (ms.saturating_add(50) / 100, ms.saturating_add(500) / 1000, ms / 60_000);
    match ms {
        0 => "<1 ms".to_owned(),
        1..1000 => format!("{ms} ms"),
        _ if tenths < 600 => format!("{}.{} s", tenths / 10, tenths % 10),
        _ if seconds < 3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", minutes / 60, minutes % 60),
    }
}

/// [`duration_text`] without blanks: `4.5s`, `4m12s`.
pub(crate) fn short_duration(ms: u64) -> String {
    duration_text(ms).replace("min", "m").replace(' ', "")
}

/// `1,120`
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 test`, `2 tests`.
pub(crate) fn plural(count: u64, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {noun}{s}", grouped(count))
}

/// A rate of 0 to 1 in percent, at most two decimals: `60`, `99.5`.
pub(crate) fn percent_of(rate: f64) -> String {
    let text = format!("{:.2}", rate * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `21–94`: an interval of rates in whole percent.
pub(crate) fn interval_text([low, high]: [f64; 2], dash: char) -> String {
    format!("{:.0}{dash}{:.0}", low * 100.0, high * 100.0)
}

/// Columns that `text` takes on a terminal: two for East Asian wide characters and emoji, one for others.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(char_columns).sum()
}

fn char_columns(c: char) -> usize {
    let wide = matches!(u32::from(c),
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f
        | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd);
    1 + usize::from(wide)
}

/// The beginning of `text` in at most `width` columns, with `…` where something was cut.
pub(crate) fn cut_end(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut kept = take_columns(text.chars(), width.saturating_sub(1));
    kept.push('…');
    kept
}

/// `text` in lines of at most `width` columns, broken at spaces where there are any.
pub(crate) fn wrap(text: &str, width: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let fits = take_columns(text.chars(), width).len().max(text.chars().next().map_or(0, char::len_utf8));
        if fits == text.len() {
            return Some(text);
        }
        let space = text[..fits].rfind(' ').filter(|space| !text[..*space].trim().is_empty());
        let end = space.filter(|_| !text[fits..].starts_with(' ')).unwrap_or(fits);
        let (line, more) = text.split_at(end);
        rest = Some(more.trim_start());
        Some(line.trim_end())
    })
}

/// `insuffi…funds`: `text` in at most `width` columns, cut in the middle.
pub(crate) fn cut_middle(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let tail: String = take_columns(text.chars().rev(), room / 2).chars().rev().collect();
    format!("{}…{tail}", take_columns(text.chars(), room - room / 2))
}

fn take_columns(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += char_columns(*c);
            used <= width
        })
        .collect()
}

/// `text` and blanks up to `width` columns.
pub(crate) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// Blanks up to `width` columns and `text`.
pub(crate) fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(columns(text))))
}

#[cfg(test)]
mod tests {
    use super::{columns, cut_middle, duration_text, grouped, percent_of, short_duration, visible, wrap};

    #[test]
    fn durations() {
        for (ms, text, short) in [
            (0, "<1 ms", "<1ms"),
            (999, "999 ms", "999ms"),
            (1000, "1.0 s", "1.0s"),
            (4460, "4.5 s", "4.5s"),
            (59_949, "59.9 s", "59.9s"),
            (59_950, "1 min 00 s", "1m00s"),
            (252_110, "4 min 12 s", "4m12s"),
            (3_720_000, "1 h 02 min", "1h02m"),
        ] {
            assert_eq!((duration_text(ms).as_str(), short_duration(ms).as_str()), (text, short));
        }
    }

    #[test]
    fn numbers() {
        assert_eq!([grouped(0), grouped(999), grouped(1120), grouped(1_000_000)], ["0", "999", "1,120", "1,000,000"]);
        assert_eq!([percent_of(0.6), percent_of(1.0), percent_of(0.995)], ["60", "100", "99.5"]);
    }

    #[test]
    fn hidden_characters_are_made_visible() {
        assert_eq!(visible("a\r\nb\tc é 日 👩‍💻"), "a\nb\tc é 日 👩‍💻");
        assert_eq!(visible("\0\u{1b}[31m\u{202e}\r!"), r"\u{0}\u{1b}[31m\u{202e}\u{d}!");
        assert_eq!(visible("\u{85}\u{2066}\u{feff}\u{e0041}"), r"\u{85}\u{2066}\u{feff}\u{e0041}");
    }

    #[test]
    fn cuts_keep_within_the_width() {
        assert_eq!(cut_middle("insufficient_funds", 13), "insuff…_funds");
        assert!(columns(&cut_middle("日本語のとても長いテスト名", 10)) <= 10);
    }

    #[test]
    fn long_lines_wrap_at_spaces() {
        let wrapped = |text| wrap(text, 10).collect::<Vec<_>>();
        assert_eq!(wrapped("known are openai and azure"), ["known are", "openai and", "azure"]);
        assert_eq!(wrapped("https://example.org x"), ["https://ex", "ample.org", "x"]);
        assert_eq!(wrapped("日本語のテスト"), ["日本語のテ", "スト"]);
        assert_eq!((wrapped(""), wrapped("   a")), (vec![""], vec!["   a"]));
        assert_eq!(wrap("日", 1).collect::<Vec<_>>(), ["日"]);
    }
}
