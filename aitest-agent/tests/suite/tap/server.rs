//! A provider that sends its answers piece by piece.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// One answer: pieces, each but the first sent when it is asked for, then the end of the connection.
pub(super) struct Streaming {
    pub(super) address: String,
    next: Arc<Notify>,
    gone: Arc<Notify>,
}

impl Streaming {
    pub(super) async fn start(head: &'static str, pieces: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (next, gone) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (asked, told) = (Arc::clone(&next), Arc::clone(&gone));
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_request(&mut stream).await;
            stream.write_all(format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
            for (place, piece) in pieces.iter().enumerate() {
                if place > 0 {
                    asked.notified().await;
                }
                // The tap may have gone away.
                let _ = stream.write_all(piece.as_bytes()).await;
            }
            let mut rest = [0; 1];
            tokio::select! {
                _ = stream.read(&mut rest) => told.notify_one(),
                () = asked.notified() => {}
            }
        });
        Streaming { address, next, gone }
    }

    /// Sends the next piece, or ends.
    pub(super) fn go_on(&self) {
        self.next.notify_one();
    }

    /// Waits until the other side has closed the connection.
    pub(super) async fn is_left(&self) {
        self.gone.notified().await;
    }
}

async fn read_request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).await.unwrap();
        request.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
        if body.len() >= length.parse().unwrap() {
            return;
        }
    }
}
