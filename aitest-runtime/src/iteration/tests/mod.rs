//! The engine, run without a process around it.

mod fixture;
mod limits;
mod marked;
mod panics;
mod threads;
