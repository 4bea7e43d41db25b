//! A test attribute that runs a test N times and shows how reliable its subject is.
//!
//! The subject is whatever asks a model: an agent, an MCP server's tools, a prompt. A model's answer varies, so a test
//! that passed once says little. [`#[aitest]`](aitest) runs the body as often as `AITEST_ITERATIONS` says, and reports
//! the pass rate with its uncertainty, the cost, and why iterations failed. After the last line of `cargo test`
//! come a summary on the terminal and the paths of `report.html` and `results.json`.
//!
//! # A test of an MCP server
//!
#![cfg_attr(feature = "mcp", doc = "```")]
#![cfg_attr(not(feature = "mcp"), doc = "```ignore")]
//! use aitest::{Agent, McpServer, aitest};
//!
//! /// Looks up a balance
//! #[aitest(iterations = 10, min_pass_rate = 80)]
//! async fn balance() -> aitest::Result {
//!     let bank = McpServer::stdio(env!("CARGO_BIN_EXE_banking-mcp"));
//!     let agent = Agent::new("openai/gpt-5-mini").mcp_server(bank);
//!     let result = agent.run("What is my checking balance?").await?;
//!     assert!(result.tool_was_called("get_balance"));
//!     assert!(result.final_response.contains("1,500"));
//!     Ok(())
//! }
//! ```
//!
//! Every iteration starts a server of its own. A model that does not answer and a server that does not start are the
//! infrastructure's doing: the iteration is *errored*, and leaves the pass rate.
//!
//! # An agent of your own
//!
//! Any code can be the subject. Say what it used, and which errors are not its fault.
//!
//! ```
//! use aitest::{Iteration, ResultExt, TokenUsage, aitest};
//!
//! # struct Answer { text: String, input_tokens: u64, output_tokens: u64 }
//! # async fn my_agent(_prompt: &str) -> std::io::Result<Answer> {
//! #     Ok(Answer { text: "1,500".into(), input_tokens: 450, output_tokens: 38 })
//! # }
//! #[aitest]
//! async fn own_agent(it: &Iteration) -> aitest::Result {
//!     let answer = my_agent("What is my balance?").await.infrastructure()?;
//!     it.record_usage("openai/gpt-5-mini", TokenUsage::new(answer.input_tokens, answer.output_tokens));
//!     assert!(answer.text.contains("1,500"));
//!     Ok(())
//! }
//! ```
//!
//! # Several agents compared
//!
//! One test each, `transfer::mini` and `transfer::nano`; the report ranks them.
//!
#![cfg_attr(feature = "agent", doc = "```")]
#![cfg_attr(not(feature = "agent"), doc = "```ignore")]
//! use aitest::{Agent, aitest};
//!
//! fn mini() -> Agent {
//!     Agent::new("openai/gpt-5-mini")
//! }
//!
//! fn nano() -> Agent {
//!     Agent::new("openai/gpt-5-nano").system_prompt("Think before you call a tool.")
//! }
//!
//! #[aitest(agents = [mini, nano], min_pass_rate = 80)]
//! async fn transfer(agent: Agent) -> aitest::Result {
//!     let result = agent.run("Transfer $200 to savings.").await?;
//!     assert!(result.success, "{:?}", result.error);
//!     Ok(())
//! }
//! ```
//!
//! # Features
//!
//! | Feature | Default | Adds |
//! | --- | --- | --- |
//! | `html` | yes | The HTML report. |
//! | `agent` | yes | `Agent`, `Provider` and `CliServer`: an HTTP client and TLS. |
//! | `mcp` | yes | `McpServer`: the MCP client. |
//! | `cassette` | no | `AITEST_CASSETTES`: exchanges with models, recorded once and replayed without network and key. |
//! | `tracing` | no | Spans of agent runs, by OpenTelemetry's conventions. |
//! | `testing` | no | `testing`: a scripted model on loopback, for tests without a key. |
//!
//! # Where things are
//!
//! The attribute's page says what it takes and how it stands with other attributes. Settings, values and files:
//! [docs/configuration.md](https://github.com/aitest-rs/aitest/blob/main/docs/configuration.md). Who serves which model,
//! and how: [docs/providers.md](https://github.com/aitest-rs/aitest/blob/main/docs/providers.md). Skills, prompts and
//! other files: [docs/files.md](https://github.com/aitest-rs/aitest/blob/main/docs/files.md). Several models, prompts or agents:
//! [docs/matrix.md](https://github.com/aitest-rs/aitest/blob/main/docs/matrix.md).

/// Makes a test of a function that runs as often as `AITEST_ITERATIONS` says.
///
/// The function becomes an ordinary `#[test]` of the same name: filters, `--exact`, `--ignored`, editors and nextest
/// treat it as they treat others. `#[aitest::test]` is the same attribute. It may stand on a test without any model.
///
/// ```
/// # use aitest::{Iteration, aitest};
/// #[aitest(iterations = 20, min_pass_rate = 90, timeout = "30s")]
/// async fn answers(it: &Iteration) -> aitest::Result {
///     it.note(format!("iteration {} of {}", it.index(), it.count()));
///     Ok(())
/// }
/// ```
///
/// # Arguments
///
/// | Argument | Default | Meaning |
/// | --- | --- | --- |
/// | `iterations = 10` | 1 | Iterations, 1 to 1,000,000. |
/// | `min_pass_rate = 80` | 100 | The threshold in percent, above 1 and up to 100: ⌈80 % of the graded iterations⌉ must pass. |
/// | `max_errored = 2` | 0 | Iterations that may be errored: a count, or `"10%"` of the planned ones, rounded down. |
/// | `confidence = 95` | none | How surely the rate must reach a threshold below 100, in percent. |
/// | `gate = ["pass^5 >= 80%"]` | none | [Conditions](https://github.com/aitest-rs/aitest/blob/main/docs/verdicts.md#gates) on rates, durations, costs and tokens. |
/// | `flaky = "issue 12"` | none | Why the test may fail for a while: reported, does not block. |
/// | `until = "2026-12-31"` | none | With `flaky`: the last day on which it may fail. |
/// | `stop = "decided"` | `"never"` | End the test early: `"decided"`, or `"sprt"` with its rates. |
/// | `concurrency = 4` | 1 | Iterations in flight, 1 to 10,000. `AITEST_CONCURRENCY` cannot raise it. |
/// | `timeout = "90s"` | `"5m"` async, none sync | Working time of one iteration, in `h`, `m`, `s`, `ms`. |
/// | `agents = [a, b]` | none | Functions that build the cases. |
/// | `models = ["openai/gpt-5-mini"]` | none | Models: the cases. |
/// | `agent = teller` | none | With `models`: the function that makes an agent of each. |
/// | `cases = prompts` | none | The function that returns the cases. |
/// | `session` | | On a module: its steps are one test. |
/// | `runtime = "multi"` | `"current"` | Threads of an async test's runtime: one, or one for each core. |
/// | `title = "Moves money"` | first line of the doc comment | The name in reports. |
/// | `crate = my::aitest` | `::aitest` | The path of this crate. |
///
/// The environment wins over an argument, and an argument over `aitest.toml`; `min_pass_rate` is the test's own, and
/// nothing overrides it. Rates may be written `80`, `80.5` or `"80%"`.
///
/// # The function
///
/// It is `async` or not, and returns `()`, `Result<(), E>` with `E: Debug`, or [`ExitCode`](std::process::ExitCode). An
/// iteration fails by a panic, an `Err`, or another exit code than success. [`Result`] takes every error by `?` and
/// keeps the place.
///
/// Its last parameter may be `it: &Iteration`, the [`Iteration`] that runs. With `agents`, `models` or `cases`, its first
/// parameter is the case. There are no other parameters; `#[rstest]` above the attribute supplies its own.
///
/// An async body runs on a runtime of the test's own. All iterations share it, and are polled on the test's thread: a
/// body need be neither `Send` nor `'static`.
///
/// # Cases
///
/// `agents = [small, other::large]` names functions, async or not, that return `T` or `Result<T, E>` with any `T`. Each
/// is called afresh in every iteration, and makes a test of its own, `name::small` and `name::large`. A case that
/// cannot be built is errored.
///
/// `models = ["openai/gpt-5-mini"]` makes a test of each [`Model`], `name::gpt_5_mini`; with `agent = path`, the case is
/// what that function makes of the model. `cases = path` names a function that returns [`Case`]s, known when the test
/// runs: one test of libtest's, with iterations, a verdict and a report row for each.
///
/// # Sessions
///
/// `#[aitest(session)]` stands on a module whose functions marked `#[step]` are one conversation, and one test,
/// `name::session`.
///
/// ```
/// # #[cfg(test)]
/// # mod sessions {
/// # use aitest::{Agent, Iteration, Session, aitest};
/// #[aitest(session, iterations = 5)]
/// mod savings {
///     use super::*;
///
///     async fn agent() -> aitest::Result<Agent> {
///         Ok(Agent::new("openai/gpt-5-mini"))
///     }
///
///     #[step]
///     async fn asks_balance(s: &mut Session) -> aitest::Result {
///         let result = s.run("What is my balance?").await?;
///         s.set(result.final_response);
///         Ok(())
///     }
///
///     #[step]
///     async fn saves_half(s: &mut Session, it: &Iteration) -> aitest::Result {
///         it.note(s.get::<String>()?);
///         s.run("Move half of it to savings.").await?.assert_tool_called("transfer");
///         Ok(())
///     }
/// }
/// # }
/// ```
///
/// Every iteration builds the agent afresh and runs the steps in order, with servers and a history of its own. It passes
/// when all steps pass; those behind one that did not are skipped. With `agents` or `models` there is a test for each.
///
/// # Outcomes and verdict
///
/// An iteration is *passed*, *failed*, *timed out*, or *errored* when the infrastructure failed: a provider without an
/// answer, a server that does not start, [`ResultExt::infrastructure`], [`Iteration::infrastructure_error`]. Errored
/// iterations are not graded; more of them than `max_errored` fail the test. With the default threshold of 100, every
/// graded iteration must pass. `#[should_panic]` is judged in each iteration. `#[ignore]` is libtest's.
///
/// # Other attributes
///
/// | Attributes | What happens |
/// | --- | --- |
/// | `#[rstest]`, `#[case]`, `#[values]` above `#[aitest]` | Each case is a test. Every iteration gets fresh fixtures, and rstest's `#[timeout]` holds for one iteration. |
/// | `#[rstest]` below | An error: arguments would have to be cloned. |
/// | `#[rstest]` on an `async fn` | Write `#[aitest::test]`, the name that rstest looks for. |
/// | `#[aitest]` above `#[tokio::test]` | The iterations share tokio's runtime. Its options hold, and `runtime` is an error. |
/// | `#[tokio::test]` above | A new runtime for each iteration; the body is no longer async to aitest: no time limit by default. |
/// | `#[test_log::test]` above or below, `#[test_log::test(aitest)]` | The test logs. |
/// | `#[aitest]` above `#[test]` | One test. |
/// | `#[test]` above `#[aitest]` | libtest registers the test twice. It runs once, and a warning says so: remove `#[test]`. |
/// | `#[serial]` and `#[parallel]` of serial_test below | Around all iterations of the test. |
/// | Others below | On the body, so in each iteration. |
///
/// # Snapshots
///
/// insta names a snapshot by its function and counts: iteration 2 asks for `name-2.snap`. Give the snapshot a name,
/// `assert_snapshot!("name", …)`, or write `allow_duplicates!` around it.
///
/// # Tasks, threads and time limits
///
/// - A task of `tokio::spawn` does not know its iteration. Spawn it with [`spawn`], or carry the iteration with
///   [`Iteration::scope`]: what it records, and where it panics, is then the iteration's.
/// - A panic in a task or thread that nobody joins is no failure. Await the handle and unwrap it. Of a task that knows
///   its iteration, a warning says so.
/// - What a task records after the end of its iteration is lost, with a warning.
/// - An async body that blocks its thread holds up all iterations of its test, and its time limit. A second after the
///   limit it is recorded as timed out. Move blocking calls into `tokio::task::spawn_blocking`.
/// - `tokio::time::pause` stops the clock of the test's runtime, so of all its iterations, and panics in the second one
///   that calls it. `#[tokio::test(start_paused = true)]` above `#[aitest]` makes a runtime for each iteration.
/// - A sync body with a time limit, or with `concurrency` above 1, runs on a worker thread. A thread cannot be ended
///   from outside: a body over its limit leaks it, and the remaining iterations are skipped.
/// - The first panic of a test keeps its backtrace, with `RUST_BACKTRACE=1` every one. Panics of iterations are not
///   printed as they happen: the failed test's message groups them.
///
/// # Errors
///
/// A wrong argument is a compile error at its place that says what is accepted; all errors of one attribute come at
/// once. A setting that cannot be read fails the test before the first iteration.
///
/// # Generated code
///
/// Everything carries `#[cfg(test)]`. Doctests are not compiled as tests, so in them the function is checked for its
/// syntax alone.
#[doc(inline)]
pub use aitest_macros::aitest;
#[doc(no_inline)]
pub use aitest_macros::aitest as test;

#[cfg(any(feature = "agent", feature = "tap"))]
pub use aitest_agent::ProviderError;
#[cfg(feature = "agent")]
pub use aitest_agent::{
    Agent, AgentError, AgentResult, ArgumentError, AssistantMessage, ClarificationDetection, ClarificationStats, Image,
    McpPrompt, McpPromptArgument, Message, MissingValue, Provider, ReasoningEffort, RunRequest, Session, StopReason,
    ToolCall, ToolCallRequest, ToolInfo, Turn,
};
#[cfg(feature = "agent")]
pub use aitest_agent::{CliError, CliErrorKind, CliServer, Shell};
#[cfg(feature = "agent")]
pub use aitest_agent::{
    CustomAgent, Grading, InstructionFile, PromptFile, PromptSource, SkillEval, SystemPrompt, export_grading,
    load_custom_agent, load_custom_agents, load_instruction_file, load_instruction_files, load_prompt,
    load_prompt_file, load_prompt_files, load_prompts, load_skill_evals, load_system_prompts,
};
#[cfg(feature = "agent")]
pub use aitest_agent::{Folder, LoadError, LoadErrorKind, Skill, SkillReference, load_skills};
#[cfg(feature = "mcp")]
pub use aitest_agent::{Hook, Plugin, load_plugin};
#[cfg(feature = "mcp")]
pub use aitest_agent::{
    McpConfigError, McpError, McpResource, McpResourceContent, McpServer, ToolListing, Wait, load_mcp_config,
};
#[cfg(feature = "tap")]
pub use aitest_agent::{Tap, TapExt, Wire};
pub use aitest_runtime::record::{Cost, TokenUsage};
pub use aitest_runtime::redact::secret;
#[doc(inline)]
pub use aitest_runtime::stats;
pub use aitest_runtime::{
    Case, Error, Iteration, Model, Result, ResultExt, attach, note, record_cost, record_prompt, record_system_prompt,
    record_tool_call, record_turn, record_usage, set_agent, spawn,
};

#[cfg(feature = "testing")]
#[doc(inline)]
pub use aitest_agent::testing;

#[doc(hidden)]
pub mod __private;

// README's code needs the client of models and servers.
#[cfg(all(doctest, feature = "mcp"))]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;

#[cfg(doctest)]
#[doc = include_str!("../docs/iterations.md")]
struct IterationsDoctests;
#[cfg(all(doctest, feature = "mcp"))]
#[doc = include_str!("../docs/results.md")]
struct ResultsDoctests;
#[cfg(all(doctest, feature = "mcp"))]
#[doc = include_str!("../docs/drift.md")]
struct DriftDoctests;
// So does the page on tool servers.
#[cfg(all(doctest, feature = "mcp"))]
#[doc = include_str!("../docs/tool-servers.md")]
struct ToolServersDoctests;
#[cfg(all(doctest, feature = "mcp"))]
#[doc = include_str!("../docs/matrix.md")]
struct MatrixDoctests;
#[cfg(all(doctest, feature = "cassette", feature = "mcp"))]
#[doc = include_str!("../docs/cassettes.md")]
struct CassettesDoctests;
#[cfg(all(doctest, feature = "agent"))]
#[doc = include_str!("../docs/providers.md")]
struct ProvidersDoctests;
#[cfg(all(doctest, feature = "mcp"))]
#[doc = include_str!("../docs/files.md")]
struct FilesDoctests;
