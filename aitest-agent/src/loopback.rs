//! HTTP servers of ours: on loopback, on the thread `aitest-io`.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::io as io_thread;

/// The port of a server that the first call starts.
pub(crate) struct Port(OnceLock<io::Result<u16>>);

impl Port {
    pub(crate) const fn new() -> Self {
        Port(OnceLock::new())
    }

    /// The port. `respond` answers the server's requests; `code` names the server in a warning.
    ///
    /// # Errors
    /// When the server could not start. Later calls give the same error.
    pub(crate) fn get<F, B>(&self, code: &'static str, respond: fn(Request<Incoming>) -> F) -> io::Result<u16>
    where
        F: Future<Output = Response<B>> + Send + 'static,
        B: Body<Data: Send, Error: Into<Box<dyn StdError + Send + Sync>>> + Send + 'static,
    {
        match self.0.get_or_init(|| start(code, respond)) {
            Ok(port) => Ok(*port),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    }
}

fn start<F, B>(code: &'static str, respond: fn(Request<Incoming>) -> F) -> io::Result<u16>
where
    F: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn StdError + Send + Sync>>> + Send + 'static,
{
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    io_thread::spawn(async move {
        let listener = match TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(error) => return aitest_runtime::host::warn(code, &error.to_string()),
        };
        loop {
            match listener.accept().await {
                Ok((stream, _)) => drop(tokio::spawn(serve(stream, respond))),
                // Out of file descriptors, most likely: some will be closed.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    })?;
    Ok(port)
}

async fn serve<F, B>(stream: TcpStream, respond: fn(Request<Incoming>) -> F)
where
    F: Future<Output = Response<B>>,
    B: Body<Error: Into<Box<dyn StdError + Send + Sync>>> + 'static,
{
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| async move { Ok::<_, Infallible>(respond(request).await) });
    // An error here is the client's end of the connection, or a cut that was asked for.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
