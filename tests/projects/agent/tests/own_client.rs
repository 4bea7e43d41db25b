//! Bodies with an HTTP client of their own.

use aitest::testing::{Reply, ScriptedModel, json};
use aitest::{Iteration, aitest};

#[aitest(iterations = 2)]
async fn speaks_http() -> aitest::Result {
    let model = ScriptedModel::named("scripted-1").otherwise([Reply::text("hello")]);
    let url = format!("{}/chat/completions", model.base_url());
    let body = json!({ "model": "scripted-1", "messages": [{ "role": "user", "content": "hi" }] });
    let answer = reqwest::Client::new().post(url).json(&body).send().await?.text().await?;
    assert!(answer.contains("hello"), "{answer}");
    Ok(())
}

#[aitest]
fn is_built_without_a_runtime(_: &Iteration) {
    drop(reqwest::Client::new());
}
