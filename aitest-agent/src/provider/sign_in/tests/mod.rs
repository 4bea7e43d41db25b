//! Every way to sign in, against endpoints and commands of the tests' own.

mod azure;
mod commands;
mod setting;
