//! The engine, run without a process around it.

mod by_hand;
mod fixture;
mod late;
mod limits;
mod marked;
mod panics;
mod threads;

pub(super) use fixture::Engine;
