use std::cell::OnceCell;

use aitest_runtime::host::CassetteMode;

use super::answer::Recorded;
use super::error::CassetteError;
use super::file::{Cassette, Exchange};
use super::normal::normal;

/// An exchange of the file.
pub(super) struct Known {
    pub(super) exchange: Exchange,
    /// Its place in the file, from 1.
    pub(super) place: usize,
    pub(super) bytes: Vec<u8>,
    normal: OnceCell<String>,
    pub(super) used: bool,
}

impl Known {
    pub(super) fn normal(&self) -> &str {
        self.normal.get_or_init(|| normal(&self.exchange.request))
    }
}

/// The exchanges of `attempt`. `auto` asks again for those that ended in a failure.
pub(super) fn known(
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

pub(super) fn is_failure(exchange: &Exchange) -> bool {
    exchange.cut || exchange.answers.last().is_none_or(Recorded::is_failure)
}
