use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::task::JoinHandle;

/// What is kept of the beginning, and as much of the end, in bytes.
const KEPT: usize = 16 * 1024;
const CHUNK: usize = 16 * 1024;
/// Bytes of a character's beginning that can stand before a cut.
const LONGEST_PART: usize = 3;

/// A pipe, read to its end in the background, however long that is.
#[derive(Debug)]
pub(crate) struct Output {
    /// `None` when the text was taken: what comes then is thrown away.
    kept: Arc<Mutex<Option<Kept>>>,
    reader: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    /// All that was read.
    length: u64,
}

impl Output {
    pub(crate) fn read(pipe: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let kept = Arc::new(Mutex::new(Some(Kept::default())));
        Output { reader: tokio::spawn(read(pipe, Arc::clone(&kept))), kept }
    }

    /// Waits for the end.
    pub(crate) async fn ended(&mut self) {
        if !self.reader.is_finished() {
            let _ = (&mut self.reader).await;
        }
    }

    /// What was read so far: at most 16 KiB of its beginning and 16 KiB of its end.
    pub(crate) fn take(&self) -> String {
        lock(&self.kept).take().unwrap_or_default().text()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn read(mut pipe: impl AsyncRead + Unpin, kept: Arc<Mutex<Option<Kept>>>) {
    let mut chunk = vec![0; CHUNK];
    while let Ok(length @ 1..) = pipe.read(&mut chunk).await {
        if let Some(kept) = lock(&kept).as_mut() {
            kept.push(&chunk[..length]);
        }
    }
}

fn lock(kept: &Mutex<Option<Kept>>) -> MutexGuard<'_, Option<Kept>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    fn push(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        let (head, rest) = bytes.split_at(bytes.len().min(KEPT - self.head.len()));
        self.head.extend_from_slice(head);
        let surplus = (self.tail.len() + rest.len()).saturating_sub(KEPT);
        self.tail.drain(..surplus.min(self.tail.len()));
        self.tail.extend(&rest[rest.len().saturating_sub(KEPT)..]);
    }

    fn text(self) -> String {
        let Kept { mut head, tail, length } = self;
        let tail = Vec::from(tail);
        if length == (head.len() + tail.len()) as u64 {
            head.extend_from_slice(&tail);
            return String::from_utf8_lossy(&head).into_owned();
        }
        head.truncate(whole_characters(&head));
        let tail = without_rest_of_character(&tail);
        let cut = length - (head.len() + tail.len()) as u64;
        let (head, tail) = (String::from_utf8_lossy(&head), String::from_utf8_lossy(tail));
        format!("{head}\n[{cut} of {length} bytes cut here]\n{tail}")
    }
}

/// The length of `bytes` without the beginning of a character that is not complete.
fn whole_characters(bytes: &[u8]) -> usize {
    let end = bytes.len().saturating_sub(LONGEST_PART);
    let begins = |place: &usize| std::str::from_utf8(&bytes[*place..]).is_err_and(|e| e.error_len().is_none());
    (end..bytes.len()).find(|place| bytes[*place] >= 0xc0 && begins(place)).unwrap_or(bytes.len())
}

fn without_rest_of_character(bytes: &[u8]) -> &[u8] {
    let rest = bytes.iter().take(LONGEST_PART).take_while(|byte| (0x80..0xc0).contains(*byte)).count();
    &bytes[rest..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(bytes: &[u8], chunk: usize) -> Kept {
        let mut kept = Kept::default();
        bytes.chunks(chunk).for_each(|chunk| kept.push(chunk));
        kept
    }

    #[test]
    fn what_fits_is_whole() {
        let bytes: Vec<u8> = (0..2 * KEPT).map(|place| b'a' + (place % 26) as u8).collect();
        for (length, chunk) in [(0, 1), (1, 1), (KEPT, 100), (KEPT + 1, KEPT), (2 * KEPT, 7), (2 * KEPT, 3 * KEPT)] {
            assert_eq!(kept(&bytes[..length], chunk).text().as_bytes(), &bytes[..length], "{length} by {chunk}");
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_in_the_middle_and_memory_is_bounded() {
        let bytes: Vec<u8> = (0..1_000_000).map(|place| b'a' + (place % 26) as u8).collect();
        for chunk in [999, KEPT, KEPT + 1, 200_000, bytes.len()] {
            let kept = kept(&bytes, chunk);
            assert!(kept.head.capacity() + kept.tail.capacity() <= 6 * KEPT);
            let text = kept.text();
            let (head, rest) = text.split_once("\n[967232 of 1000000 bytes cut here]\n").expect("a mark");
            assert_eq!(head.as_bytes(), &bytes[..KEPT], "{chunk}");
            assert_eq!(rest.as_bytes(), &bytes[bytes.len() - KEPT..], "{chunk}");
        }
    }

    #[test]
    fn a_cut_goes_through_no_character() {
        for (shift, cut) in [(0, 10_003), (1, 10_004), (2, 10_005)] {
            let text = "x".repeat(shift) + &"€".repeat((2 * KEPT + 10_000) / 3);
            let shown = kept(text.as_bytes(), 1000).text();
            assert!(!shown.contains('\u{fffd}'), "{cut}");
            let (_, rest) = shown.split_once("\n[").unwrap();
            let cut: usize = rest.split(' ').next().unwrap().parse().unwrap();
            let mark = format!("\n[{cut} of {} bytes cut here]\n", text.len());
            assert_eq!(shown.len() - mark.len() + cut, text.len(), "every byte is shown or counted");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(kept(b"a\xff\xc3(\xe2\x82", 2).text(), "a\u{fffd}\u{fffd}(\u{fffd}");
        let text = kept(&[0x80; 3 * KEPT], KEPT).text();
        assert!(text.contains("bytes cut here") && text.contains('\u{fffd}'));
    }
}
