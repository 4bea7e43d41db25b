use std::path::Path;

use crate::hash::sha256_hex;
use crate::record::{IterationRecord, Omitted, ToolImage};

/// Texts above this go to a file of their own; the record keeps their ends.
const INLINE: usize = 64 * 1024;
const HEAD: usize = 48 * 1024;
const TAIL: usize = 16 * 1024;
/// A blob is cut here.
const BLOB: usize = 16 * 1024 * 1024;

/// Moves the long texts and the images of `record` to files in `blobs`. A file that cannot be written only costs the
/// image, or the middle of the text.
pub(super) fn shorten(record: &mut IterationRecord, blobs: &Path) {
    for turn in &mut record.turns {
        shorten_text(&mut turn.text, blobs);
        turn.reasoning.as_mut().map(|text| shorten_text(text, blobs));
        for call in &mut turn.calls {
            shorten_text(&mut call.arguments, blobs);
            if let Some(omitted) = call.result.as_mut().and_then(|text| shorten_text(text, blobs)) {
                call.omitted = Some(omitted);
            }
            call.error.as_mut().map(|text| shorten_text(text, blobs));
            for image in &mut call.images {
                store_image(image, blobs);
            }
        }
    }
    let failure = record.failure.as_mut();
    let texts = failure
        .map(|failure| &mut failure.message)
        .into_iter()
        .chain(&mut record.final_response)
        .chain(&mut record.notes)
        .chain(record.attachments.iter_mut().map(|attachment| &mut attachment.text))
        .chain(record.assertions.iter_mut().flat_map(|assertion| [&mut assertion.expected, &mut assertion.actual]));
    for text in texts {
        shorten_text(text, blobs);
    }
}

/// An image is kept whole or not at all.
fn store_image(image: &mut ToolImage, blobs: &Path) {
    let Some(data) = image.data.take().filter(|data| data.len() <= BLOB) else { return };
    let sha256 = sha256_hex(&data);
    if write_once(&blobs.join(&sha256), &data) {
        image.blob = Some(sha256);
    }
}

/// Whether the file is there: one of this name has this content.
fn write_once(path: &Path, content: &[u8]) -> bool {
    let folder = path.parent().unwrap_or(path);
    path.exists() || std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, content)).is_ok()
}

/// Moves the middle of a long text to a file.
pub(super) fn shorten_text(text: &mut String, blobs: &Path) -> Option<Omitted> {
    if text.len() <= INLINE {
        return None;
    }
    let sha256 = sha256_hex(text.as_bytes());
    // Without the file the record still says what was cut, and its hash.
    write_once(&blobs.join(&sha256), &text.as_bytes()[..floor(text, BLOB)]);
    let head = floor(text, HEAD);
    let tail = ceil(text, text.len() - TAIL);
    let bytes = tail - head;
    let kilobytes = bytes / 1000;
    let what = if text.len() > BLOB { "its first 16 MiB" } else { "full text" };
    *text = format!(
        "{}\n… {kilobytes} kB omitted, sha256 {sha256}, {what} in the run's blobs/{sha256} …\n{}",
        &text[..head],
        &text[tail..]
    );
    Some(Omitted { bytes: bytes as u64, sha256 })
}

/// The last character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0)
}

/// The first character boundary at or after `at`.
fn ceil(text: &str, at: usize) -> usize {
    (at..=text.len()).find(|&index| text.is_char_boundary(index)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_keeps_its_ends_and_goes_whole_into_a_blob() {
        let folder = tempfile::tempdir().unwrap();
        let long = "ä".repeat(100_000);
        let mut text = long.clone();
        let omitted = shorten_text(&mut text, folder.path()).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join(&omitted.sha256)).unwrap(), long);
        assert_eq!(omitted.bytes as usize, long.len() - HEAD - TAIL);
        assert!(text.len() < INLINE + 300 && text.contains("kB omitted, sha256"));
    }

    #[test]
    fn an_image_goes_whole_into_a_blob() {
        let folder = tempfile::tempdir().unwrap();
        let mut image = ToolImage::new("image/png", Some(b"pixels".to_vec()));
        store_image(&mut image, folder.path());
        let blob = image.blob.clone().unwrap();
        assert_eq!(std::fs::read(folder.path().join(blob)).unwrap(), b"pixels");
        assert_eq!((image.bytes, image.data), (Some(6), None));

        let mut image = ToolImage::new("image/png", Some(vec![0; BLOB + 1]));
        store_image(&mut image, folder.path());
        assert_eq!((image.bytes, image.blob), (Some(BLOB as u64 + 1), None), "too large to be kept");
    }

    #[test]
    fn a_short_text_stays() {
        let mut text = "x".repeat(INLINE);
        assert_eq!(shorten_text(&mut text, Path::new("/nowhere")), None);
        assert_eq!(text.len(), INLINE);
    }
}
