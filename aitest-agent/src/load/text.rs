use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::{fs, io};

use super::{Fault, LoadError, LoadErrorKind};

/// Bytes of the longest file that is read.
const LONGEST_FILE: u64 = 1 << 20;

/// The text of a file: without a byte order mark, and with `\n` at the end of its lines, so that it is the same in every
/// checkout.
///
/// # Errors
/// It cannot be read, is above 1 MiB, or not UTF-8.
pub(crate) fn read(path: &Path) -> Result<String, LoadError> {
    decode(&bytes(path)?).map_err(|fault| fault.of(path))
}

pub(super) fn unreadable(error: &io::Error) -> Fault {
    Fault::new(LoadErrorKind::NotReadable, format!("it cannot be read: {error}"))
}

/// The file's bytes, one more than the longest file has at most.
///
/// # Errors
/// It cannot be read, or is no regular file: a pipe would be read for ever.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, LoadError> {
    regular(path).map_err(|error| unreadable(&error).of(path))
}

fn regular(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub(crate) fn decode(bytes: &[u8]) -> Result<String, Fault> {
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(Fault::new(LoadErrorKind::TooLarge, "it is longer than 1 MiB"));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Fault::new(LoadErrorKind::NotUtf8, "it is UTF-16: save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.replace("\r\n", "\n")),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(Fault::new(LoadErrorKind::NotUtf8, "it is not UTF-8 here: save it as UTF-8").at(line))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_of_all_checkouts() {
        let text = |bytes: &[u8]| decode(bytes).map_err(|fault| fault.of(Path::new("a.md")).to_string());
        assert_eq!(text(b"a\nb\n").unwrap(), "a\nb\n");
        assert_eq!(text(b"\xef\xbb\xbfa\r\nb\r\n").unwrap(), "a\nb\n");
        assert_eq!(text(b"a\nb\n\xe4\n").unwrap_err(), "a.md:3: it is not UTF-8 here: save it as UTF-8");
        assert_eq!(text(b"\xff\xfea\0").unwrap_err(), "a.md: it is UTF-16: save it as UTF-8");
        assert_eq!(text(&vec![b'a'; 1 << 20]).unwrap().len(), 1 << 20);
        assert_eq!(text(&vec![b'a'; (1 << 20) + 1]).unwrap_err(), "a.md: it is longer than 1 MiB");
    }
}
