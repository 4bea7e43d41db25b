use std::cell::OnceCell;
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aitest_runtime::host::{self, CassetteEvent, CassetteMode, Iteration};

use super::answer::Recorded;
use super::error::CassetteError;
use super::file::{Cassette, Exchange};
use super::keep::Kept;
use super::miss::nearest;
use super::normal::normal;

/// The exchanges of one attempt of an iteration: those that its file has, and those that are new.
pub(super) struct Tape {
    path: PathBuf,
    pub(super) shown: String,
    pub(super) test: Arc<str>,
    iteration: u32,
    attempt: u32,
    state: Mutex<State>,
}

struct State {
    known: Result<Vec<Known>, CassetteError>,
    new: Vec<Exchange>,
    missed: bool,
}

/// An exchange of the file.
struct Known {
    exchange: Exchange,
    /// Its place in the file, from 1.
    place: usize,
    bytes: Vec<u8>,
    normal: OnceCell<String>,
    used: bool,
}

/// The tapes of a test's iterations under way.
#[derive(Default)]
struct Tapes {
    open: Mutex<HashMap<(u32, u32), Arc<Tape>>>,
    told_of_unused: AtomicBool,
}

/// What happens to an exchange.
pub(super) enum Found {
    /// It is live, and nothing is kept.
    Live,
    Recorded(Arc<Tape>, Exchange),
    /// It is live, and kept when it is over.
    New(Recording),
}

/// Looks up what the current iteration asks of `to`.
///
/// # Errors
/// There should be an answer and there is none. The iteration is errored.
pub(super) fn look_up(to: &str, body: &[u8]) -> Result<Found, CassetteError> {
    let mode = host::cassette_mode();
    if mode == CassetteMode::Off {
        return Ok(Found::Live);
    }
    let Some(it) = Iteration::current() else { return outside(mode, to) };
    let tape = host::slot_of::<Tapes>(&it).of(&it);
    let request = Kept::of(body);
    let found = if mode == CassetteMode::Record { Ok(None) } else { tape.find(to, &request) };
    let found = found.and_then(|found| match found {
        Some(exchange) => Ok(Found::Recorded(Arc::clone(&tape), exchange)),
        None if mode == CassetteMode::Replay => Err(tape.missed(to, &request)),
        None => Ok(Found::New(Recording::new(Arc::clone(&tape), to, request))),
    });
    found.inspect_err(|error| {
        tape.state().missed = true;
        host::cassette_event(CassetteEvent::Missed);
        host::cassette_failed(&error.to_string());
    })
}

fn outside(mode: CassetteMode, to: &str) -> Result<Found, CassetteError> {
    let error = CassetteError::Outside { to: to.to_owned() };
    if mode == CassetteMode::Record {
        host::warn("cassette_outside", &format!("{error}; it was not recorded"));
        return Ok(Found::Live);
    }
    host::warn("cassette_outside", &error.to_string());
    host::cassette_event(CassetteEvent::Missed);
    Err(error)
}

impl Tapes {
    fn of(&self, it: &Iteration) -> Arc<Tape> {
        let key = (it.index(), it.key().attempt);
        Arc::clone(self.open().entry(key).or_insert_with(|| Arc::new(Tape::of(it))))
    }

    fn take(&self, it: &Iteration) -> Option<Arc<Tape>> {
        self.open().remove(&(it.index(), it.key().attempt))
    }

    fn open(&self) -> MutexGuard<'_, HashMap<(u32, u32), Arc<Tape>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tape {
    fn of(it: &Iteration) -> Self {
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
    fn find(&self, to: &str, request: &Kept) -> Result<Option<Exchange>, CassetteError> {
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
    fn missed(&self, to: &str, request: &Kept) -> CassetteError {
        let state = self.state();
        let known = state.known.as_deref().unwrap_or_default();
        if known.is_empty() && !self.path.exists() {
            let (path, test) = (self.shown.clone(), self.test.to_string());
            return CassetteError::NotRecorded { path, test, iteration: self.iteration };
        }
        let recorded = known.iter().filter(|known| known.exchange.to == to);
        let nearest = nearest(&normal(request), recorded.map(|known| (known.place, known.normal())));
        CassetteError::Missed { path: self.shown.clone(), to: to.to_owned(), test: self.test.to_string(), nearest }
    }

    /// # Errors
    /// The recording cannot be used.
    pub(super) fn malformed(&self, problem: String) -> CassetteError {
        let error = CassetteError::Malformed { path: self.shown.clone(), problem };
        host::cassette_failed(&error.to_string());
        error
    }

    fn keep(&self, exchange: Exchange) {
        self.state().new.push(exchange);
    }

    /// Writes what is new. In the mode `record` it replaces what an earlier run recorded of this attempt and of later
    /// ones; else it is added.
    fn write(&self, mode: CassetteMode) -> io::Result<()> {
        let new = std::mem::take(&mut self.state().new);
        if new.is_empty() && mode == CassetteMode::Auto {
            return Ok(());
        }
        let count = new.len() as u64;
        let mut kept = match Cassette::read(&self.path, &self.shown) {
            Ok(Some(old)) => old.exchanges,
            _ => Vec::new(),
        };
        kept.retain(|exchange| match mode {
            CassetteMode::Record => exchange.attempt < self.attempt,
            _ => exchange.attempt != self.attempt || !is_failure(exchange),
        });
        kept.extend(new);
        kept.sort_by_key(|exchange| exchange.attempt);
        if kept.is_empty() {
            return remove(&self.path);
        }
        Cassette::new(&self.test, self.iteration, kept).write(&self.path)?;
        host::cassette_event(CassetteEvent::Recorded(count));
        Ok(())
    }

    fn unused(&self) -> usize {
        let state = self.state();
        let known = state.known.as_deref().unwrap_or_default();
        if state.missed { 0 } else { known.iter().filter(|known| !known.used).count() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn normal(&self) -> &str {
        self.normal.get_or_init(|| normal(&self.exchange.request))
    }
}

/// The exchanges of `attempt`. `auto` asks again for those that ended in a failure.
fn known(
    read: Result<Option<Cassette>, CassetteError>,
    mode: CassetteMode,
    attempt: u32,
) -> Result<Vec<Known>, CassetteError> {
    let exchanges = read?.map(|cassette| cassette.exchanges).unwrap_or_default();
    let known = exchanges
        .into_iter()
        .enumerate()
        .filter(|(_, exchange)| exchange.attempt == attempt && (mode == CassetteMode::Replay || !is_failure(exchange)));
    let known = known.map(|(index, exchange)| {
        let bytes = exchange.request.bytes().unwrap_or_default();
        Known { exchange, place: index + 1, bytes, normal: OnceCell::new(), used: false }
    });
    Ok(known.collect())
}

fn is_failure(exchange: &Exchange) -> bool {
    exchange.cut || exchange.answers.last().is_none_or(Recorded::is_failure)
}

fn remove(path: &PathBuf) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// An exchange that is live and will be kept.
pub(super) struct Recording {
    tape: Arc<Tape>,
    exchange: Option<Exchange>,
}

impl Recording {
    fn new(tape: Arc<Tape>, to: &str, request: Kept) -> Self {
        let exchange = Exchange { attempt: tape.attempt, to: to.to_owned(), request, answers: Vec::new(), cut: false };
        Recording { tape, exchange: Some(exchange) }
    }

    /// Until it is answered, it is cut: an iteration that ends meanwhile leaves it so.
    pub(super) fn asks(&mut self) {
        self.cut(true);
    }

    pub(super) fn answered(&mut self, answer: Recorded) {
        self.cut(false);
        if let Some(exchange) = &mut self.exchange {
            exchange.answers.push(answer);
        }
    }

    /// Nobody was asked: there is nothing to keep.
    pub(super) fn not_asked(&mut self) {
        self.cut(false);
    }

    fn cut(&mut self, cut: bool) {
        if let Some(exchange) = &mut self.exchange {
            exchange.cut = cut;
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let exchange = self.exchange.take().filter(|exchange| exchange.cut || !exchange.answers.is_empty());
        if let Some(exchange) = exchange {
            self.tape.keep(exchange);
        }
    }
}

/// The iteration is over: writes what is new, and says what was not asked for.
pub fn end_iteration(it: &Iteration) {
    let mode = host::cassette_mode();
    let tapes = host::slot_of::<Tapes>(it);
    let tape = tapes.take(it).unwrap_or_else(|| Arc::new(Tape::of(it)));
    let written = if mode == CassetteMode::Replay { Ok(()) } else { tape.write(mode) };
    if let Err(error) = written {
        let folder = &host::cassette_place(it).shown;
        let message = format!("{folder} cannot be written: {error}; the test goes on, and is not recorded");
        host::warn("cassette_not_written", &message);
    }
    let unused = tape.unused();
    if unused > 0 {
        host::cassette_event(CassetteEvent::Unused(unused as u64));
        if !tapes.told_of_unused.swap(true, Ordering::Relaxed) {
            let message = format!(
                "{}: {unused} of its exchanges were not asked for: the test has changed, or ended earlier than when it \
                 was recorded; AITEST_CASSETTES=record records it anew",
                tape.shown
            );
            host::warn("cassette_unused", &message);
        }
    }
}
