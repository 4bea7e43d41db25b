//! The embedded model: a scripted model behind a real HTTP server on loopback, for tests that need no key.
//!
//! [`ScriptedModel`] speaks OpenAI's chat-completions format, streaming included, so any client of that format can
//! be pointed at its [`base_url`](ScriptedModel::base_url): an agent of your own as well as that of `aitest`. It can
//! do what real models and their providers do: answer, call tools, vary, refuse, be slow, be overloaded, break.
//!
//! What it says is a function of the test's seed, not of chance. Each [`Reply::one_of`] draws from a hash of the
//! iteration's seed and of the place in the conversation; neither the order nor the time of requests counts. So a run
//! with the same seed gives the same answers at any concurrency.
//!
//! ```
//! # use aitest_agent as aitest;
//! use aitest::testing::{Reply, ScriptedModel, json};
//!
//! let model = ScriptedModel::named("scripted-1")
//!     .on("balance", [
//!         Reply::tool_call("get_balance", json!({"account": "checking"})),
//!         Reply::text("You have {result:/balance}."),
//!     ])
//!     .on("transfer", [Reply::one_of([
//!         (70, Reply::tool_call("transfer", json!({"from": "checking", "to": "savings", "amount": 100}))),
//!         (30, Reply::text("Done.")), // The tool was not called.
//!     ])]);
//! assert!(model.base_url().starts_with("http://127.0.0.1:"));
//! ```

mod answer;
mod conversation;
mod draw;
mod log;
mod model;
mod reply;
mod script;
mod server;
mod template;
mod wire;

pub use log::RecordedRequest;
pub use model::ScriptedModel;
pub use reply::{Reply, Times};
/// Writes the arguments of a tool call. It is `serde_json`'s.
pub use serde_json::json;
