//! What the attribute writes, one concern a snapshot.

use proc_macro2::TokenStream;

/// The attribute with `arguments` over `item`, as readable code. What every test says of itself is left out of all
/// snapshots but one.
fn expand(arguments: &str, item: &str) -> String {
    let parse = |source: &str| source.parse::<TokenStream>().unwrap();
    let file = syn::parse2(crate::rewrite(parse(arguments), parse(item))).unwrap();
    let code = prettyplease::unparse(&file);
    if arguments.contains("iterations = 10") { code } else { without_spec(&code) }
}

fn without_spec(code: &str) -> String {
    let mut parts = code.split("TestSpec {\n");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |code, part| {
        let end = part.lines().position(|line| line.trim() == "};").unwrap();
        let rest: Vec<&str> = part.lines().skip(end + 1).collect();
        code + "TestSpec { … };\n" + &rest.join("\n") + "\n"
    })
}

macro_rules! snapshot {
    ($name:ident, $arguments:literal, $item:literal) => {
        #[test]
        fn $name() {
            insta::assert_snapshot!(expand($arguments, $item));
        }
    };
}

snapshot!(async_fn, "", "async fn balance() { ask().await }");
snapshot!(sync_fn, "", "pub(crate) fn balance() -> Result<(), String> { ask() }");
snapshot!(iteration, "", "async fn balance(it: &aitest::Iteration) -> aitest::Result { Ok(()) }");
snapshot!(
    all_arguments,
    r#"iterations = 10, min_pass_rate = "80.5 %", max_errored = "10%", concurrency = 4, timeout = "1m30s",
       runtime = "multi", title = "Asks for the balance", crate = my_crate::aitest,"#,
    "async fn balance() {}"
);
snapshot!(
    gates_and_known_flakiness,
    r#"iterations = 100, min_pass_rate = 90, confidence = 95, stop = "sprt(p0 = 80%)",
       gate = ["pass^5 >= 80%", "p95(duration) <= 20s", "mean(cost) <= $0.02", "pass_rate > 50%"],
       flaky = "issue 12", until = "2026-12-31""#,
    "fn balance() {}"
);
snapshot!(
    attributes_find_their_places,
    "",
    r##"
    /// Asks for the balance.
    ///
    ///     indented
    #[ignore = "slow"]
    #[cfg(unix)]
    #[should_panic(expected = "no account")]
    #[expect(unused_variables, reason = "of the test")]
    #[tracing::instrument]
    #[serial]
    fn balance() { let x = 1; }
    "##
);
snapshot!(within_another_runtime, "", "#[tokio::test(flavor = \"multi_thread\")] async fn balance(it: &Iteration) {}");
snapshot!(already_a_test, "", "#[::core::prelude::v1::test] fn case_1_one() { balance(1) }");
snapshot!(for_test_log_without_a_runtime, "", "#[test_log::test] async fn balance() {}");
snapshot!(
    agents,
    "agents = [gpt_5_mini, crate::agents::r#match], iterations = 3",
    "
    /// Asks for the balance.
    #[ignore]
    #[cfg(unix)]
    #[expect(unused_variables)]
    #[allow(non_snake_case)]
    async fn balance(agent: Agent, it: &Iteration) -> aitest::Result { Ok(()) }
    "
);
snapshot!(
    what_a_test_says_of_itself,
    "iterations = 10, agents = [small]",
    "
    /// Asks for the balance.
    ///
    ///     indented
    #[should_panic]
    fn balance(agent: Agent) {}
    "
);
snapshot!(agents_of_a_sync_fn, "agents = [small]", "fn balance(agent: Agent) {}");
snapshot!(agents_within_another_runtime, "agents = [small]", "#[tokio::test] async fn balance(agent: Agent) {}");
snapshot!(
    all_errors_and_the_function,
    "iterations = 0, iteration = 5, timeout = 90",
    "/// Kept.\n #[ignore] #[inline] pub async unsafe fn balance<T>(#[case] x: T) -> bool { true }"
);
snapshot!(
    models,
    r#"models = ["openai/gpt-5-mini", "ollama/qwen3:8b"]"#,
    "async fn balance(model: Model, it: &Iteration) -> aitest::Result { Ok(()) }"
);
snapshot!(
    models_make_agents,
    r#"models = ["openai/gpt-5-mini"], agent = crate::teller"#,
    "async fn balance(agent: Agent) -> aitest::Result { Ok(()) }"
);
snapshot!(cases, "cases = prompts", "async fn balance(prompt: Prompt, it: &Iteration) -> aitest::Result { Ok(()) }");
snapshot!(cases_of_a_sync_fn, "cases = self::prompts", "fn balance((model, prompt): (Model, Prompt)) {}");
snapshot!(cases_within_another_runtime, "cases = prompts", "#[tokio::test] async fn balance(prompt: Prompt) {}");
snapshot!(
    session,
    "session",
    "
    /// Saves money.
    #[ignore]
    #[cfg(unix)]
    mod savings {
        #![allow(dead_code)]
        use super::*;
        async fn agent() -> aitest::Result<Agent> { Ok(teller()) }
        #[step] async fn asks_balance(s: &mut Session) -> aitest::Result { Ok(()) }
        /// Moves it.
        #[step] fn transfers(s: &mut Session, it: &Iteration) {}
    }
    "
);
snapshot!(
    session_with_agents,
    "session, agents = [gpt_5_mini]",
    "mod savings { #[step] async fn asks_balance(s: &mut Session) {} }"
);
snapshot!(
    session_with_models,
    r#"session, models = ["openai/gpt-5-mini"]"#,
    "mod savings { fn agent(model: Model) -> Agent { Agent::new(model) } #[step] async fn asks_balance(s: &mut Session) {} }"
);
snapshot!(
    all_errors_and_the_module,
    "session, iteration = 5",
    "#[should_panic] mod savings { fn session() {} #[step] #[ignore] async unsafe fn asks_balance<T>(it: &Iteration, x: T) {} #[step(1)] use x; }"
);
snapshot!(not_a_function, "", "#[derive(Debug)] pub struct Balance { usd: f64 }");
