use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::ClientHandler;
#[expect(deprecated, reason = "the revision of 2026-07-28 deprecates log notifications; servers send them")]
use rmcp::model::LoggingMessageNotificationParam;
use rmcp::model::{ClientCapabilities, ClientConfig, Implementation, ProgressNotificationParam, ProtocolVersion};
use rmcp::service::{NotificationContext, RoleClient};
use serde_json::Value;

use crate::text::start_of;

/// Lines that are kept until they are taken.
const KEPT: usize = 100;
/// Characters of a line.
const LONGEST: usize = 500;

/// What a server told without being asked.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    lines: Mutex<Lines>,
    tools_changed: AtomicBool,
}

#[derive(Debug, Default)]
struct Lines {
    kept: VecDeque<String>,
    dropped: u64,
}

impl Inbox {
    /// Takes the lines: the first ones, and how many more there were.
    pub(crate) fn take(&self) -> Vec<String> {
        let lines = std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner));
        let more = (lines.dropped > 0).then(|| format!("… and {} more", lines.dropped));
        lines.kept.into_iter().chain(more).collect()
    }

    /// Whether the tools changed since the last time.
    pub(crate) fn take_tools_changed(&self) -> bool {
        self.tools_changed.swap(false, Ordering::AcqRel)
    }

    /// The tools changed.
    pub(crate) fn set_tools_changed(&self) {
        self.tools_changed.store(true, Ordering::Release);
    }

    /// Adds a line.
    pub(crate) fn add(&self, line: &str) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.kept.len() == KEPT {
            lines.dropped += 1;
            return;
        }
        lines.kept.push_back(start_of(line, LONGEST));
    }
}

/// Our side of the protocol: no roots, no sampling, no elicitation.
#[derive(Clone, Debug)]
pub(crate) struct Handler {
    about_us: ClientConfig,
    inbox: Arc<Inbox>,
}

impl Handler {
    pub(crate) fn new(inbox: Arc<Inbox>) -> Self {
        let about_us = Implementation::new("aitest", env!("CARGO_PKG_VERSION"));
        // The newest revision has no handshake, so that one cannot ask for it.
        let about_us = ClientConfig::new(ClientCapabilities::default(), about_us)
            .with_protocol_version(ProtocolVersion::LATEST_WITH_INITIALIZE);
        Handler { about_us, inbox }
    }
}

#[expect(deprecated, reason = "the revision of 2026-07-28 deprecates log notifications; servers send them")]
impl ClientHandler for Handler {
    fn get_info(&self) -> ClientConfig {
        self.about_us.clone()
    }

    async fn on_progress(&self, params: ProgressNotificationParam, _: NotificationContext<RoleClient>) {
        let total = params.total.map(|total| format!(" of {total}")).unwrap_or_default();
        let message = params.message.map(|message| format!(": {message}")).unwrap_or_default();
        self.inbox.add(&format!("progress {}{total}{message}", params.progress));
    }

    async fn on_logging_message(&self, params: LoggingMessageNotificationParam, _: NotificationContext<RoleClient>) {
        let level = serde_json::to_value(params.level).ok();
        let level = level.as_ref().and_then(Value::as_str).unwrap_or("log");
        let logger = params.logger.map(|logger| format!(" ({logger})")).unwrap_or_default();
        let text = params.data.as_str().map_or_else(|| params.data.to_string(), str::to_owned);
        self.inbox.add(&format!("{level}{logger}: {text}"));
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.inbox.set_tools_changed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut() {
        let inbox = Inbox::default();
        (0..KEPT + 7).for_each(|number| inbox.add(&number.to_string()));
        let lines = inbox.take();
        assert_eq!((lines.len(), &*lines[0], &*lines[KEPT]), (KEPT + 1, "0", "… and 7 more"));
        assert!(inbox.take().is_empty());
        inbox.add(&"ä".repeat(LONGEST + 1));
        assert_eq!(inbox.take()[0].chars().count(), LONGEST + 1);
    }
}
