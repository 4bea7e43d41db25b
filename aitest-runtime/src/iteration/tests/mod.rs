//! The engine, run without a process around it.

mod fixture;
mod marked;
mod panics;
