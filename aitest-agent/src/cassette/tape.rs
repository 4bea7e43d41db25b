use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aitest_runtime::host::{self, CassetteEvent, CassetteMode, Iteration};

use super::error::CassetteError;
use super::file::{Cassette, Exchange};
use super::keep::Kept;
use super::known::{Known, is_failure, known};
use super::miss::nearest;
use super::normal::normal;

/// The exchanges of one attempt of an iteration: those that its file has, and those that are new.
pub(super) struct Tape {
    path: PathBuf,
    pub(super) shown: String,
    pub(super) test: Arc<str>,
    iteration: u32,
    pub(super) attempt: u32,
    state: Mutex<State>,
}

/// What an iteration's file has.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// All that was asked.
    All,
    /// What an earlier run asked: this one asked nothing.
    Earlier,
}

struct State {
    known: Result<Vec<Known>, CassetteError>,
    new: Vec<Exchange>,
    missed: bool,
}

impl Tape {
    pub(super) fn of(it: &Iteration) -> Self {
        let place = host::cassette_place(it);
        let name = format!("iteration-{}.json", it.index());
        let (path, shown) = (place.folder.join(&name), format!("{}/{name}", place.shown));
        let known = match host::cassette_mode() {
            CassetteMode::Record => Ok(Vec::new()),
            mode => known(Cassette::read(&path, &shown), mode, it.key().attempt),
        };
        let (test, iteration, attempt) = (host::test_name(it), it.index(), it.key().attempt);
        let state = Mutex::new(State { known, new: Vec::new(), missed: false });
        Tape { path, shown, test, iteration, attempt, state }
    }

    /// The first unused exchange with this very request, else with its normal form.
    pub(super) fn find(&self, to: &str, request: &Kept) -> Result<Option<Exchange>, CassetteError> {
        let mut state = self.state();
        let known = state.known.as_mut().map_err(|error| error.clone())?;
        let bytes = request.bytes().unwrap_or_default();
        let mut unused = known.iter().enumerate().filter(|(_, known)| !known.used && known.exchange.to == to);
        let same = unused.clone().find(|(_, known)| known.bytes == bytes);
        let found = same.or_else(|| {
            let asked = normal(request);
            unused.find(|(_, known)| known.normal() == asked)
        });
        let Some((place, _)) = found else { return Ok(None) };
        known[place].used = true;
        host::cassette_event(CassetteEvent::Replayed);
        Ok(Some(known[place].exchange.clone()))
    }

    /// Why there is no answer to `request`.
    pub(super) fn missed(&self, to: &str, request: &Kept) -> CassetteError {
        let mut state = self.state();
        state.missed = true;
        let known = state.known.as_deref().unwrap_or_default();
        if known.is_empty() && !self.path.exists() {
            let (path, test) = (self.shown.clone(), self.test.to_string());
            return CassetteError::NotRecorded { path, test, iteration: self.iteration };
        }
        if known.is_empty() && self.attempt > 1 {
            let (path, test) = (self.shown.clone(), self.test.to_string());
            return CassetteError::NoAttempt { path, test, attempt: self.attempt };
        }
        let recorded = known.iter().filter(|known| known.exchange.to == to);
        let nearest = nearest(&normal(request), recorded.map(|known| (known.place, known.normal())));
        CassetteError::Missed { path: self.shown.clone(), to: to.to_owned(), test: self.test.to_string(), nearest }
    }

    /// The recording of a request to `to` has no answer either.
    pub(super) fn cut(&self, to: &str) -> CassetteError {
        let error = CassetteError::Cut { path: self.shown.clone(), to: to.to_owned(), test: self.test.to_string() };
        host::cassette_failed(&error.to_string());
        error
    }

    /// The recording cannot be used.
    pub(super) fn malformed(&self, problem: String) -> CassetteError {
        let error = CassetteError::Malformed { path: self.shown.clone(), problem };
        host::cassette_failed(&error.to_string());
        error
    }

    pub(super) fn keep(&self, exchange: Exchange) {
        self.state().new.push(exchange);
    }

    /// Writes what is new. In the mode `record` it replaces what an earlier run recorded of this attempt and of later
    /// ones; else it is added. Without anything new the file stays: an iteration that could not ask leaves no recording.
    pub(super) fn write(&self, mode: CassetteMode) -> io::Result<Written> {
        let new = std::mem::take(&mut self.state().new);
        if new.is_empty() && mode == CassetteMode::Auto {
            return Ok(Written::All);
        }
        let old = Cassette::read(&self.path, &self.shown).map(|old| old.map_or_else(Vec::new, |old| old.exchanges));
        if new.is_empty() {
            let is_own = old.is_ok_and(|old| old.iter().all(|exchange| exchange.attempt < self.attempt));
            return Ok(if is_own { Written::All } else { Written::Earlier });
        }
        let count = new.len() as u64;
        let mut kept = old.unwrap_or_default();
        kept.retain(|exchange| match mode {
            CassetteMode::Record => exchange.attempt < self.attempt,
            _ => exchange.attempt != self.attempt || !is_failure(exchange),
        });
        kept.extend(new);
        kept.sort_by_key(|exchange| exchange.attempt);
        Cassette::new(&self.test, self.iteration, kept).write(&self.path)?;
        host::cassette_event(CassetteEvent::Recorded(count));
        Ok(Written::All)
    }

    pub(super) fn unused(&self) -> usize {
        let state = self.state();
        let known = state.known.as_deref().unwrap_or_default();
        if state.missed { 0 } else { known.iter().filter(|known| !known.used).count() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::answer::Recorded;
    use super::*;

    fn exchange(attempt: u32, body: &[u8]) -> Exchange {
        let answers = vec![Recorded::body(body)];
        Exchange { attempt, to: "openai/m".to_owned(), request: Kept::of(body), answers, cut: false }
    }

    fn tape(path: &Path, attempt: u32) -> Tape {
        let state = Mutex::new(State { known: Ok(Vec::new()), new: Vec::new(), missed: false });
        Tape { path: path.to_owned(), shown: "f".to_owned(), test: "t".into(), iteration: 1, attempt, state }
    }

    #[test]
    fn a_recording_stays_until_there_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("iteration-1.json");
        Cassette::new("t", 1, vec![exchange(1, b"old"), exchange(2, b"old")]).write(&path).unwrap();
        let before = fs::read_to_string(&path).unwrap();
        assert_eq!(tape(&path, 1).write(CassetteMode::Record).unwrap(), Written::Earlier);
        assert_eq!(fs::read_to_string(&path).unwrap(), before, "it asked nothing");
        let asked = tape(&path, 1);
        asked.keep(exchange(1, b"new"));
        asked.write(CassetteMode::Record).unwrap();
        let kept = Cassette::read(&path, "f").unwrap().unwrap().exchanges;
        assert_eq!(kept.iter().map(|kept| kept.request.bytes().unwrap()).collect::<Vec<_>>(), [b"new"]);
        assert_eq!(tape(&path, 2).write(CassetteMode::Record).unwrap(), Written::All, "the first attempt's is new");
        assert_eq!(tape(&folder.path().join("none.json"), 1).write(CassetteMode::Record).unwrap(), Written::All);
        fs::write(&path, "no cassette").unwrap();
        assert_eq!(tape(&path, 1).write(CassetteMode::Record).unwrap(), Written::Earlier);
        assert_eq!(fs::read_to_string(&path).unwrap(), "no cassette");
    }
}
