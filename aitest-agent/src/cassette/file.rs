use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};

use super::answer::Recorded;
use super::error::CassetteError;
use super::json::pretty;
use super::keep::Kept;

/// The version of the format.
pub(super) const VERSION: u32 = 1;
/// The largest file that is read. Conversations with images take a few MiB.
const LARGEST: u64 = 256 << 20;

/// One iteration's exchanges.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cassette {
    cassette: u32,
    test: String,
    iteration: u32,
    pub(super) exchanges: Vec<Exchange>,
}

/// A request and the answers to its tries.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub(super) attempt: u32,
    /// Who was asked: `openai/gpt-5-mini`, `mcp/banking-mcp`.
    pub(super) to: String,
    pub(super) request: Kept,
    pub(super) answers: Vec<Recorded>,
    /// The iteration ended before the last answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) cut: bool,
}

fn first() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_first(attempt: &u32) -> bool {
    *attempt == 1
}

/// What every version has.
#[derive(Deserialize)]
struct Head {
    cassette: u64,
}

impl Cassette {
    pub(super) fn new(test: &str, iteration: u32, exchanges: Vec<Exchange>) -> Self {
        Cassette { cassette: VERSION, test: test.to_owned(), iteration, exchanges }
    }

    /// Reads the file at `path`, which messages show as `shown`; `None` when there is none.
    ///
    /// # Errors
    /// It cannot be read, or is no cassette of this version.
    pub(super) fn read(path: &Path, shown: &str) -> Result<Option<Cassette>, CassetteError> {
        let unreadable = |problem: String| CassetteError::Unreadable { path: shown.to_owned(), problem };
        let malformed = |problem: String| CassetteError::Malformed { path: shown.to_owned(), problem };
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error.to_string())),
            Ok(data) if data.len() > LARGEST => {
                return Err(unreadable(format!("it is larger than {} MiB", LARGEST >> 20)));
            }
            Ok(_) => {}
        }
        let bytes = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        let head: Head = serde_json::from_slice(&bytes).map_err(|error| malformed(error.to_string()))?;
        if head.cassette != u64::from(VERSION) {
            return Err(CassetteError::Version { path: shown.to_owned(), version: head.cassette });
        }
        serde_json::from_slice(&bytes).map(Some).map_err(|error| malformed(error.to_string()))
    }

    /// Replaces the file at `path` as a whole: whoever reads it meanwhile, and whoever else writes it, sees one or the
    /// other.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        static WRITTEN: AtomicU32 = AtomicU32::new(0);
        let text = pretty(&serde_json::to_string(self)?);
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let new = path.with_extension(format!("{}-{number}.tmp", std::process::id()));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let written = fs::File::create(&new).and_then(|mut file| file.write_all(text.as_bytes()));
        let replaced = written.and_then(|()| fs::rename(&new, path));
        if replaced.is_err() {
            let _ = fs::remove_file(&new);
        }
        replaced
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn exchange(attempt: u32, body: &[u8]) -> Exchange {
        let answers = vec![Recorded::body(body)];
        Exchange { attempt, to: "openai/m".to_owned(), request: Kept::of(body), answers, cut: attempt == 2 }
    }

    #[test]
    fn what_is_no_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str| Cassette::read(&folder.path().join(name), name);
        assert!(read("none.json").unwrap().is_none());
        fs::create_dir(folder.path().join("folder.json")).unwrap();
        let error = read("folder.json").unwrap_err().to_string();
        assert!(error.starts_with("the cassette folder.json cannot be read: "), "{error}");
        fs::File::create(folder.path().join("huge.json")).unwrap().set_len(LARGEST + 1).unwrap();
        let error = read("huge.json").unwrap_err().to_string();
        assert_eq!(error, "the cassette huge.json cannot be read: it is larger than 256 MiB");
    }

    proptest! {
        #[test]
        fn any_exchange_comes_back(bodies in prop::collection::vec(any::<Vec<u8>>(), 0..4)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("deep/iteration-1.json");
            let exchanges = bodies.iter().zip(1..).map(|(body, attempt)| exchange(attempt, body)).collect();
            Cassette::new("t::a", 1, exchanges).write(&path).unwrap();
            let read = Cassette::read(&path, "f").unwrap().unwrap();
            prop_assert_eq!(read.exchanges.len(), bodies.len());
            for ((exchange, body), attempt) in read.exchanges.iter().zip(&bodies).zip(1..) {
                prop_assert_eq!((exchange.attempt, exchange.cut), (attempt, attempt == 2));
                prop_assert_eq!(exchange.request.bytes().unwrap(), Kept::of(body).bytes().unwrap());
            }
            let again = fs::read_to_string(&path).unwrap();
            read.write(&path).unwrap();
            prop_assert_eq!(fs::read_to_string(&path).unwrap(), again, "written again it is the same");
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".*") {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("f.json");
            fs::write(&path, &text).unwrap();
            prop_assert!(Cassette::read(&path, "f").is_err());
            fs::write(&path, format!("{{\"cassette\":1,{text}}}")).unwrap();
            prop_assert!(Cassette::read(&path, "f").is_err());
        }
    }
}
