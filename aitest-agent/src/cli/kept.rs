use std::collections::VecDeque;

use aitest_runtime::host;

/// What is shown of the beginning, and as much of the end, in bytes.
const SHOWN: usize = 16 * 1024;
/// What is held of each: the margin is the longest secret that a cut may meet.
const HELD: usize = SHOWN + 8 * 1024;
/// How far a cut is moved at a time.
const STEP: usize = 256;

/// The beginning and the end of an output.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    /// All that was read.
    length: usize,
}

impl Kept {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.length += bytes.len();
        let (head, rest) = bytes.split_at(bytes.len().min(HELD - self.head.len()));
        self.head.extend_from_slice(head);
        let surplus = (self.tail.len() + rest.len()).saturating_sub(HELD);
        self.tail.drain(..surplus.min(self.tail.len()));
        self.tail.extend(&rest[rest.len().saturating_sub(HELD)..]);
    }

    /// All of it, or 16 KiB of the beginning and of the end, less what stands in a character or a secret there: a part
    /// of one would not be recognized.
    pub(crate) fn text(self) -> String {
        let Kept { mut head, tail, length } = self;
        let mut tail = Vec::from(tail);
        if length == head.len() + tail.len() {
            head.append(&mut tail);
            if length <= 2 * SHOWN {
                return lossy(&head);
            }
            tail = head[length - HELD..].to_vec();
            head.truncate(HELD);
        }
        let (head, tail) = (beginning(&head), end(&tail));
        let cut = length - head.len() - tail.len();
        format!("{}\n[{cut} of {length} bytes cut here]\n{}", lossy(head), lossy(tail))
    }
}

fn beginning(held: &[u8]) -> &[u8] {
    let whole = host::redact(&lossy(held));
    let mut cuts = (0..=SHOWN).rev().step_by(STEP).map(|cut| &held[..character_before(held, cut)]);
    cuts.find(|shown| whole.starts_with(&host::redact(&lossy(shown)))).unwrap_or_default()
}

fn end(held: &[u8]) -> &[u8] {
    let whole = host::redact(&lossy(held));
    let mut cuts = (held.len() - SHOWN..=held.len()).step_by(STEP).map(|cut| &held[character_from(held, cut)..]);
    cuts.find(|shown| whole.ends_with(&host::redact(&lossy(shown)))).unwrap_or_default()
}

/// `place`, or where the character that goes through it begins.
fn character_before(bytes: &[u8], place: usize) -> usize {
    (place.saturating_sub(3)..=place).rev().find(|place| begins(bytes, *place)).unwrap_or(place)
}

/// `place`, or where the character that goes through it ends.
fn character_from(bytes: &[u8], place: usize) -> usize {
    (place..=place + 3).find(|place| begins(bytes, *place)).unwrap_or(place)
}

fn begins(bytes: &[u8], place: usize) -> bool {
    bytes.get(place).is_none_or(|byte| !(0x80..0xc0).contains(byte))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(bytes: &[u8], chunk: usize) -> Kept {
        let mut kept = Kept::default();
        bytes.chunks(chunk).for_each(|chunk| kept.push(chunk));
        kept
    }

    fn letters(length: usize) -> Vec<u8> {
        (0..length).map(|place| b'a' + (place % 26) as u8).collect()
    }

    /// What stands before and after the mark, which is checked.
    fn parts(shown: &str, length: usize) -> (&str, &str) {
        let (head, rest) = shown.split_once("\n[").unwrap();
        let (mark, tail) = rest.split_once(" bytes cut here]\n").unwrap();
        assert_eq!(mark, format!("{} of {length}", length - head.len() - tail.len()), "all is shown or counted");
        (head, tail)
    }

    #[test]
    fn what_fits_is_whole() {
        let bytes = letters(2 * SHOWN);
        for (length, chunk) in [(0, 1), (1, 1), (SHOWN, 100), (HELD + 1, HELD), (2 * SHOWN, 7), (2 * SHOWN, 3 * SHOWN)]
        {
            assert_eq!(kept(&bytes[..length], chunk).text().as_bytes(), &bytes[..length], "{length} by {chunk}");
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_in_the_middle_and_memory_is_bounded() {
        for length in [2 * SHOWN + 1, 2 * HELD, 2 * HELD + 1, 1_000_000] {
            let bytes = letters(length);
            for chunk in [999, HELD, HELD + 1, 200_000, length] {
                let kept = kept(&bytes, chunk);
                assert!(kept.head.capacity() + kept.tail.capacity() <= 6 * HELD);
                let shown = kept.text();
                let (head, tail) = parts(&shown, length);
                assert!(head.as_bytes() == &bytes[..SHOWN] && tail.as_bytes() == &bytes[length - SHOWN..], "{chunk}");
            }
        }
    }

    #[test]
    fn a_cut_goes_through_no_character() {
        for shift in 0..3 {
            let text = "x".repeat(shift) + &"€".repeat(20_000) + &"y".repeat(shift);
            let shown = kept(text.as_bytes(), 1000).text();
            let (head, tail) = parts(&shown, text.len());
            assert!(!shown.contains('\u{fffd}') && head.len() + tail.len() > 2 * SHOWN - 6);
        }
    }

    #[test]
    fn a_cut_leaves_no_part_of_a_secret() {
        const SECRET: &str = "cut-through-this-secret-value";
        host::secret("OUTPUT_TOKEN", SECRET);
        let length = 100_000;
        for middle in [SHOWN, length - SHOWN] {
            for before in [1, SECRET.len() / 2, SECRET.len() - 1] {
                let mut bytes = vec![b'x'; length];
                bytes[middle - before..][..SECRET.len()].copy_from_slice(SECRET.as_bytes());
                let shown = kept(&bytes, 1000).text();
                let (head, tail) = parts(&shown, length);
                assert!((head.to_owned() + tail).bytes().all(|byte| byte == b'x'), "{middle} {before}");
                assert!(head.len() + tail.len() >= 2 * SHOWN - STEP);
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(kept(b"a\xff\xc3(\xe2\x82", 2).text(), "a\u{fffd}\u{fffd}(\u{fffd}");
        let text = kept(&[0x80; 4 * HELD], HELD).text();
        assert!(text.contains("bytes cut here") && text.contains('\u{fffd}'));
    }
}
