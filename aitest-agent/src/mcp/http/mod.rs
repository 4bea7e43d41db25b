//! Servers that are reached over HTTP: streamable HTTP, and HTTP+SSE of 2024-11-05.
//!
//! <https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http>,
//! <https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse>

mod client;
mod endpoint;
mod headers;
mod sse;
mod trouble;

pub(crate) use client::{HttpClient, streamable};
pub(crate) use endpoint::Endpoint;
pub(crate) use sse::SseTransport;
pub(crate) use trouble::Trouble;
