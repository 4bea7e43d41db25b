use similar::{ChangeTag, TextDiff};

/// Lines of a difference that are shown.
const SHOWN: usize = 40;
/// Unchanged lines around a change.
const CONTEXT: usize = 2;
/// Characters of a line.
const WIDTH: usize = 300;

/// Says how `asked` differs from the nearest of the `recorded` requests, all in their normal form. `recorded` has the
/// place of each in the file, from 1.
pub(super) fn nearest<'r>(asked: &str, recorded: impl Iterator<Item = (usize, &'r str)>) -> String {
    let asked = by_lines(asked);
    let recorded: Vec<(usize, String)> = recorded.map(|(place, text)| (place, by_lines(text))).collect();
    let diffs = recorded.iter().map(|(place, text)| (place, TextDiff::from_lines(text, &asked)));
    let nearest = diffs.max_by(|(_, a), (_, b)| a.ratio().total_cmp(&b.ratio()));
    match nearest {
        None => "nothing is recorded that was asked of it".to_owned(),
        Some((place, diff)) if diff.ratio() >= 1.0 => {
            format!("the nearest recorded request is number {place}, the same: its answers are used up")
        }
        Some((place, diff)) => {
            format!("the nearest recorded request is number {place} (- recorded, + asked):\n{}", lines(&diff))
        }
    }
}

/// A text with several lines has them in the difference too.
fn by_lines(normal: &str) -> String {
    normal.replace("\\n", "\\n\n")
}

fn lines(diff: &TextDiff<'_, '_, '_, str>) -> String {
    let mut lines = Vec::new();
    for (number, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if number > 0 {
            lines.push("  …".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(format!("{sign} {}", crate::text::start_of(change.value().trim_end_matches('\n'), WIDTH)));
        }
    }
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if more > 0 {
        lines.push(format!("  … and {more} more lines"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_shown_with_what_differs() {
        let recorded = ["a\nb\nc\n", "x\ny\nprompt one\nz\n", ""];
        let said = nearest("x\ny\nprompt two\nz\n", recorded.into_iter().enumerate().map(|(i, text)| (i + 1, text)));
        assert_eq!(
            said,
            "the nearest recorded request is number 2 (- recorded, + asked):\n  x\n  y\n- prompt one\n+ prompt two\n  z"
        );
    }

    #[test]
    fn a_long_difference_is_cut() {
        let long = |word: &str| (0..100).map(|line| format!("{word} {line}\n")).collect::<String>();
        let said = nearest(&long("new"), [(1, &*long("old"))].into_iter());
        assert_eq!(said.lines().count(), 1 + SHOWN + 1);
        assert!(said.ends_with("  … and 160 more lines"), "{said}");
        let wide = nearest(&"a".repeat(1000), [(1, "b")].into_iter());
        assert!(wide.chars().count() < 500, "{wide}");
    }

    #[test]
    fn the_lines_of_a_text_are_told_apart() {
        let said = nearest("\"one\\ntwo\"\n", [(1, "\"one\\nzwei\"\n")].into_iter());
        assert!(said.ends_with("  \"one\\n\n- zwei\"\n+ two\""), "{said}");
    }

    #[test]
    fn nothing_near_is_said() {
        assert_eq!(nearest("x", std::iter::empty()), "nothing is recorded that was asked of it");
        assert!(nearest("x\n", [(3, "x\n")].into_iter()).ends_with("number 3, the same: its answers are used up"));
    }
}
