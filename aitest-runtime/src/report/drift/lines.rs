/// Lines around a difference.
const AROUND: usize = 2;
/// Lines of each text that are compared one by one: the table of their common parts grows with the square.
const MOST: usize = 1_000;

/// A line and its mark.
type Row<'a> = (char, &'a str);

/// The lines of two texts that differ: `- ` before, `+ ` after, `  ` around them, `…` for those left out.
pub(super) fn diff(before: &str, after: &str) -> String {
    let rows = rows(&before.lines().collect::<Vec<_>>(), &after.lines().collect::<Vec<_>>());
    let near = |place: usize| {
        let window = place.saturating_sub(AROUND)..(place + AROUND + 1).min(rows.len());
        rows[window].iter().any(|(mark, _)| *mark != ' ')
    };
    let (mut text, mut left_out) = (String::new(), false);
    for (place, (mark, line)) in rows.iter().enumerate() {
        if near(place) {
            text += &format!("{mark} {line}\n");
        } else if !left_out {
            text += "…\n";
        }
        left_out = !near(place);
    }
    text
}

/// All lines of both in one order.
fn rows<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<Row<'a>> {
    let head = before.iter().zip(after).take_while(|(old, new)| old == new).count();
    let tail = before[head..].iter().rev().zip(after[head..].iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
    let same = |lines: &[&'a str]| lines.iter().map(|line| (' ', *line)).collect::<Vec<Row<'a>>>();
    [same(&before[..head]), between(old, new), same(&before[before.len() - tail..])].concat()
}

/// The lines from the first difference to the last one.
fn between<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Row<'a>> {
    let common = if old.len().max(new.len()) > MOST { Vec::new() } else { longest_common(old, new) };
    let (mut rows, mut from, mut to) = (Vec::new(), 0, 0);
    for (left, right) in common.into_iter().chain([(old.len(), new.len())]) {
        rows.extend(old[from..left].iter().map(|line| ('-', *line)));
        rows.extend(new[to..right].iter().map(|line| ('+', *line)));
        rows.extend(old.get(left).map(|line| (' ', *line)));
        (from, to) = (left + 1, right + 1);
    }
    rows
}

/// The places of the longest common subsequence, in order.
fn longest_common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    // How many lines are common from these places on.
    let mut lengths = vec![0_u16; (old.len() + 1) * width];
    for (i, left) in old.iter().enumerate().rev() {
        for (j, right) in new.iter().enumerate().rev() {
            lengths[i * width + j] = match left == right {
                true => lengths[(i + 1) * width + j + 1] + 1,
                false => lengths[(i + 1) * width + j].max(lengths[i * width + j + 1]),
            };
        }
    }
    let (mut places, mut i, mut j) = (Vec::new(), 0, 0);
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            places.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_differs_and_what_is_around_it() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\n";
        assert_eq!(diff(before, &before.replace("e\n", "E\n")), "…\n  c\n  d\n- e\n+ E\n  f\n  g\n…\n");
        assert_eq!(diff("a\nb\nc", "a\nc\nd"), "  a\n- b\n  c\n+ d\n");
        assert_eq!(diff("one", "two"), "- one\n+ two\n");
        assert_eq!(diff("", "new"), "+ new\n");
        assert_eq!(diff("same", "same"), "…\n");
    }

    proptest! {
        #[test]
        fn each_side_is_there_whole_and_in_order(old in "[ab\n]{0,24}", new in "[ab\n]{0,24}") {
            let (old, new) = (old.lines().collect::<Vec<_>>(), new.lines().collect::<Vec<_>>());
            let rows = rows(&old, &new);
            let side = |other: char| {
                rows.iter().filter(|(mark, _)| *mark != other).map(|(_, line)| *line).collect::<Vec<_>>()
            };
            prop_assert_eq!(side('+'), old);
            prop_assert_eq!(side('-'), new);
        }
    }
}
