use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::server::Config;
use super::session::McpSession;
use super::start::start;
use super::{McpError, McpErrorKind};
use crate::io;

type Started = Option<Result<Arc<McpSession>, McpError>>;

/// A server of the process, and how its start went.
struct Entry {
    config: Arc<Config>,
    started: watch::Receiver<Started>,
}

/// They live as long as the process: the exit hook ends what is a child.
static SHARED: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// The process's server of this configuration, started on first use. One that did not start or is gone is started
/// again by the next who asks.
pub(crate) async fn shared(config: &Arc<Config>) -> Result<Arc<McpSession>, McpError> {
    let mut started = started(config)?;
    let result = match started.wait_for(Option::is_some).await {
        Ok(result) => result.clone(),
        Err(_) => None,
    };
    match result {
        Some(Err(error)) => {
            entries().retain(|entry| !entry.started.same_channel(&started));
            Err(error)
        }
        Some(Ok(session)) => Ok(session),
        None => Err(McpError::new(McpErrorKind::Ended, "the thread that starts shared servers ended")),
    }
}

fn started(config: &Arc<Config>) -> Result<watch::Receiver<Started>, McpError> {
    let mut entries = entries();
    entries.retain(|entry| !is_gone(&entry.started.borrow()));
    if let Some(entry) = entries.iter().find(|entry| entry.config == *config) {
        return Ok(entry.started.clone());
    }
    let (sender, started) = watch::channel(None);
    let owned = Arc::clone(config);
    let start = async move {
        let result = start(&owned).await.map(Arc::new);
        let _ = sender.send(Some(result));
    };
    io::spawn(start).map_err(|error| {
        McpError::new(McpErrorKind::NotStarted, format!("the thread for shared servers cannot be started: {error}"))
    })?;
    entries.push(Entry { config: Arc::clone(config), started: started.clone() });
    Ok(started)
}

fn is_gone(started: &Started) -> bool {
    matches!(started, Some(Ok(session)) if session.is_closed())
}

fn entries() -> MutexGuard<'static, Vec<Entry>> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}
