//! A proxy that carries everything to one address, whatever it is asked for: `CONNECT`, forwarding and SOCKS 5.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Proxy {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Everything goes to `target`, `HOST:PORT`.
    pub(crate) async fn start(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (target, log) = (target.to_owned(), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(carry(stream, target.clone(), Arc::clone(&log)));
            }
        });
        Proxy { address, asked }
    }

    /// What it was asked for: heads of requests, hosts of SOCKS.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn carry(mut client: TcpStream, target: String, log: Arc<Mutex<Vec<String>>>) {
    let mut first = [0];
    client.peek(&mut first).await.unwrap();
    let mut server = TcpStream::connect(target).await.unwrap();
    let asked = if first == [5] { socks(&mut client).await } else { http(&mut client, &mut server).await };
    log.lock().unwrap().push(asked);
    let _ = copy_bidirectional(&mut client, &mut server).await;
}

async fn http(client: &mut TcpStream, server: &mut TcpStream) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        head.push(char::from(client.read_u8().await.unwrap()));
    }
    match head.starts_with("CONNECT ") {
        true => client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap(),
        false => server.write_all(head.as_bytes()).await.unwrap(),
    }
    head
}

/// RFC 1928, without authentication, for a host by name.
async fn socks(client: &mut TcpStream) -> String {
    let mut hello = [0; 2];
    client.read_exact(&mut hello).await.unwrap();
    client.read_exact(&mut vec![0; usize::from(hello[1])]).await.unwrap();
    client.write_all(&[5, 0]).await.unwrap();
    let mut request = [0; 5];
    client.read_exact(&mut request).await.unwrap();
    assert_eq!(request[..4], [5, 1, 0, 3], "connect to a host by name");
    let mut host = vec![0; usize::from(request[4])];
    client.read_exact(&mut host).await.unwrap();
    let port = client.read_u16().await.unwrap();
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
    format!("{}:{port}", String::from_utf8(host).unwrap())
}
