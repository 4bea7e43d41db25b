//! An HTTP server on a thread of its own, for unit tests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Answers every request with what a function makes of it, one after the other.
pub(crate) struct TestServer {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl TestServer {
    /// `answer` gets head and body of a request and its number from 0, and returns a status and a body.
    pub(crate) fn start(answer: impl Fn(&str, usize) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &seen, &answer);
            }
        });
        TestServer { address, requests }
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(stream: TcpStream, seen: &Mutex<Vec<String>>, answer: &impl Fn(&str, usize) -> (u16, String)) {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    while stream.read_line(&mut request).unwrap() > 2 {}
    let length = request.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    request += &String::from_utf8(body).unwrap();
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let (status, body) = answer(&request, seen.len());
    seen.push(request);
    drop(seen);
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Status\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.get_mut().write_all((head + &body).as_bytes()).unwrap();
}
