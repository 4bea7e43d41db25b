use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::task::JoinHandle;

use super::kept::Kept;

const CHUNK: usize = 16 * 1024;

/// A pipe, read to its end in the background, however long that is.
#[derive(Debug)]
pub(crate) struct Output {
    /// `None` when the text was taken: what comes then is thrown away.
    kept: Arc<Mutex<Option<Kept>>>,
    reader: JoinHandle<()>,
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
